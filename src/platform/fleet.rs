//! The devices a platform knows: a number of them, those of a file, or any.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;

use super::failure::PlatformError;

/// Largest file of seats that is read, in bytes.
const MAX_FILE: u64 = 64 * 1024 * 1024;

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

    /// The devices of a file that `seat import` takes: TOML when it ends so, else CSV.
    ///
    /// # Errors
    /// When it cannot be read, or a line has no address; the line is named.
    pub fn from_file(path: &Path) -> Result<Self, PlatformError> {
        let file = |source| PlatformError::File { what: "read", path: path.to_owned(), source };
        let wrong = |why: String| PlatformError::Options(format!("{}: {why}", path.display()));
        if std::fs::metadata(path).map_err(file)?.len() > MAX_FILE {
            return Err(wrong(format!("larger than {MAX_FILE} bytes")));
        }
        let text = std::fs::read_to_string(path).map_err(file)?;
        let toml = path.extension().is_some_and(|suffix| suffix.eq_ignore_ascii_case("toml"));
        let seats = if toml { from_toml(&text) } else { from_csv(&text) }.map_err(wrong)?;
        Ok(Self::Known(seats))
    }

    /// Is there such a device?
    pub fn knows(&self, device: IpAddr) -> bool {
        match self {
            Self::Any => true,
            Self::Known(devices) => devices.contains_key(&device),
        }
    }
}

fn from_csv(text: &str) -> Result<BTreeMap<IpAddr, String>, String> {
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let headers = reader.headers().map_err(|error| error.to_string())?.clone();
    let column = |name: &str| headers.iter().position(|header| header.trim_start_matches('\u{feff}') == name);
    let ip = column("ip").ok_or("the first line names no column \"ip\"")?;
    let id = column("id").ok_or("the first line names no column \"id\"")?;
    let mut seats = BTreeMap::new();
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |index: usize| record.get(index).unwrap_or_default();
        add(&mut seats, cell(id), cell(ip)).map_err(|why| format!("line {line}: {why}"))?;
    }
    Ok(seats)
}

fn from_toml(text: &str) -> Result<BTreeMap<IpAddr, String>, String> {
    #[derive(serde::Deserialize)]
    struct File {
        #[serde(default)]
        seats: Vec<Entry>,
    }
    #[derive(serde::Deserialize)]
    struct Entry {
        id: String,
        ip: String,
    }
    let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
    let mut seats = BTreeMap::new();
    for (index, entry) in file.seats.iter().enumerate() {
        add(&mut seats, &entry.id, &entry.ip).map_err(|why| format!("seat {}: {why}", index + 1))?;
    }
    Ok(seats)
}

fn add(seats: &mut BTreeMap<IpAddr, String>, id: &str, ip: &str) -> Result<(), String> {
    let address: IpAddr = ip.parse().map_err(|_| format!("{ip:?} is no IP address"))?;
    match seats.insert(address, id.chars().take(128).collect()) {
        None => Ok(()),
        Some(_) => Err(format!("the address {address} is there twice")),
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

    #[test]
    fn files_of_seats_are_read_and_bad_lines_named() {
        let csv = "id,ip,group\nw1,10.0.0.1,\"a, b\"\nw2,fe80::2,\n";
        assert_eq!(from_csv(csv).unwrap().len(), 2);
        assert!(from_csv("id,ip\nw1,10.0.0.1\nw2,nowhere\n").unwrap_err().starts_with("line 3:"));
        assert!(from_csv("id,ip\nw1,10.0.0.1\nw2,10.0.0.1\n").unwrap_err().contains("twice"));
        assert!(from_csv("a,b\n").is_err());
        let toml = "[[seats]]\nid = \"w1\"\nip = \"10.0.0.1\"\ntags = [\"x\"]\n";
        assert_eq!(from_toml(toml).unwrap().len(), 1);
    }
}
