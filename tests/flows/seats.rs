//! Seats and bindings.

use segdeck::service::{Code, Wanted};

use crate::common::site::{On, Site, seat, seats, upload};

crate::on_both!(an_import_adds_updates_and_leaves_alone, two_operators_bind);

async fn an_import_adds_updates_and_leaves_alone(on: On) {
    let site = Site::new(on).await;
    let service = site.service().await;
    let mut input = seats(250);
    assert_eq!(service.import_seats(&input, None).await.unwrap().added, 250);
    input[7].note = "moved".into();
    let second = service.import_seats(&input, None).await.unwrap();
    assert_eq!((second.added, second.updated, second.unchanged), (0, 1, 249));
    input[9].ip = input[8].ip;
    let clash = service.import_seats(&input, None).await.unwrap_err();
    assert_eq!(clash.code, Code::Invalid);
    assert_eq!(service.add_seat(&input[0]).await.unwrap_err().code, Code::Exists);
    let nav = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    service.bind(&nav, &[seat(3), seat(4)].into(), None).await.unwrap();
    service.remove_seat(&seat(3), None).await.unwrap();
    assert_eq!(service.bound(&nav).await.unwrap().1, [seat(4)].into());
    assert_eq!(service.remove_seat(&seat(3), None).await.unwrap_err().code, Code::NotFound);
    let unknown = service.bind(&nav, &[seat(3)].into(), None).await.unwrap_err();
    assert_eq!(unknown.code, Code::NotFound);
    assert!(unknown.message.to_string().contains("seat-00003"));
    assert_eq!(service.plan(&nav, &Wanted::Group("nobody".into())).await.unwrap_err().code, Code::Conflict);
}

async fn two_operators_bind(on: On) {
    let site = Site::new(on).await;
    let (one, two) = (site.service().await, site.service().await);
    one.import_seats(&seats(4), None).await.unwrap();
    let nav = upload(&one, &site.archive("nav", "1.0", "zip")).await;
    let (seen, _) = two.bound(&nav).await.unwrap();
    one.bind(&nav, &[seat(1)].into(), None).await.unwrap();
    let error = two.bind(&nav, &[seat(2)].into(), Some(seen)).await.unwrap_err();
    assert_eq!(error.code, Code::Conflict);
    let (seen, _) = two.bound(&nav).await.unwrap();
    two.bind(&nav, &[seat(2)].into(), Some(seen)).await.unwrap();
    assert_eq!(one.bound(&nav).await.unwrap().1, [seat(2)].into());
}
