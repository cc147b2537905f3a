//! Lists: pages, sorting, filters, and the three formats.

use crate::house::House;

fn seats(house: &House, count: usize) {
    let mut csv = "id,ip,group,tags,note\n".to_owned();
    for n in 0..count {
        csv += &format!(
            "seat-{n:03},10.20.0.{},{},t{};x,\"导航 {n}\"\n",
            n + 1,
            ["ops", "bridge"][n % 2],
            n % 3
        );
    }
    house.file("seats.csv", csv);
    house.run(&["seat", "import", "seats.csv"]).exits(0);
}

#[test]
fn pages_sorting_and_filters() {
    let house = House::new();
    seats(&house, 120);
    let page = house.run(&["seat", "list", "--page", "3", "-o", "json"]).exits(0).json();
    assert_eq!(
        (page["total"].clone(), page["page"].clone(), page["perPage"].clone()),
        (120.into(), 3.into(), 50.into())
    );
    assert_eq!(page["items"].as_array().unwrap().len(), 20);
    assert!(page["revision"].as_i64().unwrap() > 0);
    let past = house.run(&["seat", "list", "--page", "4", "-o", "json"]).exits(0).json();
    assert_eq!(past["items"], serde_json::json!([]));
    // Addresses sort as addresses, not as text.
    let by_ip =
        house.run(&["seat", "list", "--sort", "ip:desc", "--per-page", "1", "-o", "json"]).exits(0).json();
    assert_eq!(by_ip["items"][0]["ip"], "10.20.0.120");
    let filtered =
        house.run(&["seat", "list", "--filter", "group:bridge !tags:t0", "-o", "json"]).exits(0).json();
    assert_eq!(filtered["total"], 40);
}

#[test]
fn jsonl_is_an_item_a_line_and_tables_align() {
    let house = House::new();
    seats(&house, 3);
    let lines = house.run(&["seat", "list", "-o", "jsonl"]).exits(0).out;
    let ids: Vec<_> = lines
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["id"].clone())
        .collect();
    assert_eq!(ids, ["seat-000", "seat-001", "seat-002"]);
    let table = house.run(&["seat", "list"]).exits(0).out;
    assert_eq!(
        table,
        "ID        IP         GROUP   TAGS  NOTE\n\
         seat-000  10.20.0.1  ops     t0 x  导航 0\n\
         seat-001  10.20.0.2  bridge  t1 x  导航 1\n\
         seat-002  10.20.0.3  ops     t2 x  导航 2\n"
    );
}

#[test]
fn every_change_is_audited_once_newest_first() {
    let house = House::new();
    house.run(&["seat", "add", "s1", "--ip", "10.0.0.1"]).exits(0);
    house.run(&["seat", "remove", "s1"]).exits(0);
    let audit = house.run(&["audit", "list", "-o", "json"]).exits(0).json();
    let what: Vec<_> = audit["items"].as_array().unwrap().iter().map(|item| item["action"].clone()).collect();
    assert_eq!(what, ["seat.remove", "seat.add"]);
    assert_eq!(audit["items"][0]["object"], "s1");
    assert!(!audit["items"][0]["who"]["user"].as_str().unwrap().is_empty());
    let total = |flags: &[&str]| {
        let all = [&["audit", "list", "-o", "json"], flags].concat();
        house.run(&all).exits(0).json()["total"].as_u64().unwrap()
    };
    assert_eq!(
        (total(&["--object", "s1"]), total(&["--object", "s2"]), total(&["--user", "nobody"])),
        (2, 0, 0)
    );
    assert_eq!(
        (total(&["--since", "1h"]), total(&["--until", "1h"]), total(&["--since", "2020-01-01"])),
        (2, 0, 2)
    );
    let wrong = house.run(&["audit", "list", "--since", "yesterday"]).exits(64);
    assert!(wrong.err.contains("no moment"), "{}", wrong.err);
    let lines = house.run(&["audit", "export", "--object", "s1"]).exits(0);
    let actions: Vec<_> = lines
        .out
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["action"].clone())
        .collect();
    assert_eq!(actions, ["seat.add", "seat.remove"]);
    assert_eq!(house.run(&["installs", "list", "-o", "json"]).exits(0).json()["total"], 0);
}

#[test]
fn a_change_on_an_old_revision_is_refused_with_the_name_of_who_was_faster() {
    let house = House::new();
    house.run(&["seat", "add", "s1", "--ip", "10.0.0.1"]).exits(0);
    let seen = house.run(&["seat", "list", "-o", "json"]).exits(0).json()["revision"].to_string();
    house.file("s.csv", "id,ip,group\ns1,10.0.0.1,ops\n");
    house.run(&["seat", "import", "s.csv"]).exits(0);
    let refused = house.run(&["seat", "remove", "s1", "--if-revision", &seen]).exits(3);
    assert!(refused.err.contains("(seat.import)"), "{}", refused.err);
    house.run(&["seat", "remove", "s1", "--if-revision", "0"]).exits(64);
    let seen = house.run(&["seat", "list", "-o", "json"]).exits(0).json()["revision"].to_string();
    house.run(&["seat", "remove", "s1", "--if-revision", &seen]).exits(0);
}

#[test]
fn drift_is_a_list_like_any_other() {
    let house = House::new();
    seats(&house, 3);
    let none = house.run(&["seat", "drift", "-o", "json"]).exits(0).json();
    assert_eq!(
        (&none["total"], &none["page"], &none["items"]),
        (&0.into(), &1.into(), &serde_json::json!([]))
    );
    house.archive("a.zip", Some("prefix = \"a\"\nversion = \"1\"\n"));
    house.run(&["segment", "upload", "a.zip"]).exits(0);
    house.run(&["bind", "set", "a@1", "--seats", "seat-000,seat-002"]).exits(0);
    let some = house.run(&["seat", "drift", "-o", "json"]).exits(2).json();
    assert_eq!((&some["total"], &some["perPage"]), (&2.into(), &2.into()));
    assert!(some["revision"].as_i64().unwrap() > 0);
    assert_eq!(some["items"][1]["seat"], "seat-002");
    assert_eq!(house.run(&["seat", "drift", "-o", "jsonl"]).exits(2).out.lines().count(), 2);
}
