//! The devices a platform knows: a number of them, those of a file, or any.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;

use super::failure::PlatformError;
use crate::domain::seat_file;

/// Hosts of one `10.x.y.0/24`.
const HOSTS: u32 = 254;

/// Addresses of `10.0.0.0/8` that [`generated_device`] uses.
const MAX_GENERATED: u32 = HOSTS * 256 * 256;

/// The devices a platform knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Fleet {
    /// Any address is a device.
    #[default]
    Any,
    /// These, with their names.
    Known(BTreeMap<IpAddr, String>),
}

/// The name and address of device `index`, counted from 0: `seat-00001` at `10.0.0.1`, ... `seat-00254` at
/// `10.0.0.254`, `seat-00255` at `10.0.1.1`, and so on; the last number runs from 1 to 254, then the third rises,
/// then the second.
pub fn generated_device(index: u32) -> (String, IpAddr) {
    let index = index.min(MAX_GENERATED - 1);
    let (net, host) = (index / HOSTS, index % HOSTS + 1);
    let address = Ipv4Addr::from((10 << 24) | (net << 8) | host);
    (format!("seat-{:05}", index + 1), address.into())
}

impl Fleet {
    /// The first `count` generated devices.
    ///
    /// # Errors
    /// When `10.0.0.0/8` has not as many.
    pub fn generated(count: u32) -> Result<Self, PlatformError> {
        if count > MAX_GENERATED {
            return Err(PlatformError::Options(format!("--seats takes at most {MAX_GENERATED}")));
        }
        Ok(Self::Known(
            (0..count)
                .map(|index| {
                    let (name, ip) = generated_device(index);
                    (ip, name)
                })
                .collect(),
        ))
    }

    /// The devices of a file as `seat import` takes it.
    ///
    /// # Errors
    /// When it cannot be read, or a line is wrong; the line is named.
    pub fn from_file(path: &Path) -> Result<Self, PlatformError> {
        let mut bytes = Vec::new();
        std::fs::File::open(path)
            .and_then(|file| file.take(seat_file::MAX_FILE + 1).read_to_end(&mut bytes))
            .map_err(|source| PlatformError::File { what: "read", path: path.to_owned(), source })?;
        let seats =
            seat_file::parse(path, &bytes).map_err(|error| PlatformError::Options(error.to_string()))?;
        Ok(Self::Known(seats.into_iter().map(|seat| (seat.ip, seat.id.to_string())).collect()))
    }

    /// Is there such a device?
    pub fn knows(&self, device: IpAddr) -> bool {
        match self {
            Self::Any => true,
            Self::Known(devices) => devices.contains_key(&device),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_devices_follow_the_documented_order() {
        let at = |index: u32| generated_device(index).1.to_string();
        assert_eq!((at(0), at(253), at(254)), ("10.0.0.1".into(), "10.0.0.254".into(), "10.0.1.1".into()));
        assert_eq!((at(254 * 256), at(u32::MAX)), ("10.1.0.1".into(), "10.255.255.254".into()));
        assert_eq!(generated_device(19_999).0, "seat-20000");
        let Ok(Fleet::Known(devices)) = Fleet::generated(20_000) else { panic!("20,000 fit") };
        assert_eq!(devices.len(), 20_000);
    }
}
