//! Lists of seats are kept in shards, so that 20,000 seats change in one transaction and a small change
//! rewrites a small value.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::SeatId;

/// Number of shards of every list of seats. Part of the record layout: never change it without a new
/// `meta/format`.
pub const SHARDS: u8 = 32;

/// One of the shards, `00` to `1f` in keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shard(u8);

impl Shard {
    /// The shard a seat belongs to: FNV-1a (64 bit) of the id's bytes, folded to 32 bits, modulo [`SHARDS`].
    pub fn of(seat: &SeatId) -> Self {
        let hash = seat.as_str().bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self(((hash ^ (hash >> 32)) % u64::from(SHARDS)) as u8)
    }

    /// All of them, in key order.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..SHARDS).map(Self)
    }

    /// Reads the last part of a key.
    pub fn parse(text: &str) -> Option<Self> {
        let number = u8::from_str_radix(text, 16).ok()?;
        (text.len() == 2 && number < SHARDS).then_some(Self(number))
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02x}", self.0)
    }
}

/// Splits a list into its shards; shards without a seat are left out.
pub fn split<'a>(seats: impl IntoIterator<Item = &'a SeatId>) -> BTreeMap<Shard, BTreeSet<SeatId>> {
    let mut shards: BTreeMap<Shard, BTreeSet<SeatId>> = BTreeMap::new();
    for seat in seats {
        shards.entry(Shard::of(seat)).or_default().insert(seat.clone());
    }
    shards
}

/// The order in which seats are sent to a platform: shard by shard, so that a task is written down with few of them,
/// and within a shard by their ids.
pub fn in_order<'a>(seats: impl IntoIterator<Item = &'a SeatId>) -> Vec<&'a SeatId> {
    let mut seats: Vec<&SeatId> = seats.into_iter().collect();
    seats.sort_by_cached_key(|seat| (Shard::of(seat), *seat));
    seats
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seats_spread_evenly() {
        let seats: Vec<SeatId> = (0..20_000).map(|n| format!("seat-{n:05}").parse().unwrap()).collect();
        let largest = split(&seats).values().map(BTreeSet::len).max().unwrap();
        assert!(largest < 20_000 / 32 * 13 / 10, "largest shard holds {largest}");
    }

    #[test]
    fn the_layout_does_not_move() {
        assert_eq!(Shard::of(&"seat-001".parse().unwrap()).to_string(), PINNED[0]);
        assert_eq!(Shard::of(&"席位-1".parse().unwrap()).to_string(), PINNED[1]);
        assert_eq!(Shard::parse("1f").map(|s| s.to_string()), Some("1f".into()));
        assert_eq!(Shard::parse("20"), None);
    }

    /// Written down once; a change here breaks every store in the field.
    const PINNED: [&str; 2] = ["0c", "0f"];
}
