//! The seats of the demo.

use std::net::{IpAddr, Ipv4Addr};

use crate::domain::SeatId;
use crate::domain::seat::SeatInput;

/// Seats a group.
const GROUPS: [(&str, u8); 3] = [("bridge", 8), ("ops", 16), ("training", 12)];

/// `seat-001` to `seat-036` in three groups, at 10.20.x.y.
pub(super) fn all() -> impl Iterator<Item = SeatInput> {
    let places = GROUPS
        .into_iter()
        .zip(1_u8..)
        .flat_map(|((group, count), net)| (1..=count).map(move |host| (group, net, host)));
    places.zip(1_usize..).filter_map(|((group, net, host), number)| {
        let id: SeatId = format!("seat-{number:03}").parse().ok()?;
        let tags = if host == 1 { vec!["lead".to_owned()] } else { Vec::new() };
        let ip = IpAddr::from(Ipv4Addr::new(10, 20, net, host));
        Some(SeatInput { id, ip, group: group.to_owned(), tags, note: String::new() })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_36_of_them_all_different() {
        let seats: Vec<SeatInput> = all().collect();
        let ips: std::collections::BTreeSet<IpAddr> = seats.iter().map(|seat| seat.ip).collect();
        assert_eq!((seats.len(), ips.len()), (36, 36));
        assert_eq!(seats.last().map(|seat| seat.id.as_str()), Some("seat-036"));
    }
}
