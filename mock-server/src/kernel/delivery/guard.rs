//! Decides which addresses webhooks may go to, at the moment of connecting.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::Host;

/// Which addresses webhooks may go to: loopback and private ones, and those that were allowed.
/// Link-local and metadata addresses never.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    /// Host names, addresses or networks (`10.0.0.0/8`) that are allowed besides; `*` allows every address
    /// but link-local and metadata ones.
    pub allowed: Vec<String>,
}

/// A target that webhooks may not go to, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub String);

impl Guard {
    /// Whether webhooks may go to this host, as far as that shows before its name is resolved.
    ///
    /// # Errors
    /// When they may not.
    pub fn check_host(&self, host: &Host<&str>) -> Result<(), Refused> {
        match host {
            Host::Ipv4(address) => self.check_address(IpAddr::V4(*address), None),
            Host::Ipv6(address) => self.check_address(IpAddr::V6(*address), None),
            Host::Domain(name) if METADATA_NAMES.contains(&bare(name).as_str()) => Err(Refused(
                format!("{name} names a metadata service, which webhooks never go to"),
            )),
            Host::Domain(_) => Ok(()),
        }
    }

    /// Whether webhooks may go to this address, found under the name `host` when there was one.
    ///
    /// # Errors
    /// When they may not.
    pub fn check_address(&self, address: IpAddr, host: Option<&str>) -> Result<(), Refused> {
        let address = address.to_canonical();
        if forbidden(address) {
            return Err(Refused(format!(
                "{address} is a link-local or metadata address, which webhooks never go to"
            )));
        }
        if near(address) || self.allows(address, host) {
            return Ok(());
        }
        Err(Refused(format!(
            "{address} is neither a loopback nor a private address; allow it with --webhook-allow"
        )))
    }

    fn allows(&self, address: IpAddr, host: Option<&str>) -> bool {
        let host = host.map(bare);
        self.allowed.iter().any(|allowed| {
            allowed == "*"
                || host.as_deref() == Some(bare(allowed).as_str())
                || network(allowed).is_some_and(|(base, length)| within(address, base, length))
        })
    }
}

/// Names under which clouds answer questions about the machine.
const METADATA_NAMES: [&str; 5] = [
    "metadata",
    "metadata.google.internal",
    "metadata.goog",
    "instance-data",
    "instance-data.ec2.internal",
];

/// Addresses outside the link-local networks under which clouds answer questions about the machine.
const METADATA: [IpAddr; 5] = [
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
    IpAddr::V4(Ipv4Addr::new(192, 0, 0, 192)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V6(Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)),
];

/// Whether nothing may ever go there.
fn forbidden(address: IpAddr) -> bool {
    METADATA.contains(&address)
        || match address {
            IpAddr::V4(address) => {
                address.is_link_local() || address.is_multicast() || address.is_broadcast()
            }
            IpAddr::V6(address) => {
                address.is_unicast_link_local()
                    || address.is_multicast()
                    || embedded(address).is_some_and(|inner| forbidden(IpAddr::V4(inner)))
            }
        }
}

/// Whether the address is this machine or its private network. `0.0.0.0` and `::` reach this machine.
fn near(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            address.is_loopback() || address.is_private() || address.is_unspecified()
        }
        IpAddr::V6(address) => {
            address.is_loopback() || address.is_unique_local() || address.is_unspecified()
        }
    }
}

/// The IPv4 address that an IPv6 address stands for: IPv4-compatible, NAT64 or 6to4.
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let from =
        |high: u16, low: u16| Some(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)));
    match address.segments() {
        [0, 0, 0, 0, 0, 0, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => from(high, low),
        [0x2002, high, low, ..] => from(high, low),
        _ => None,
    }
}

fn bare(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

/// An address or a network such as `10.0.0.0/8`, as its base and its length in bits.
fn network(text: &str) -> Option<(IpAddr, u8)> {
    let (base, length) = match text.split_once('/') {
        Some((base, length)) => (base, Some(length.parse().ok()?)),
        None => (text, None),
    };
    let base: IpAddr = base
        .trim_matches(|edge| matches!(edge, '[' | ']'))
        .parse()
        .ok()?;
    let whole = if base.is_ipv4() { 32 } else { 128 };
    let length = length.unwrap_or(whole);
    (length <= whole).then_some((base, length))
}

fn within(address: IpAddr, base: IpAddr, length: u8) -> bool {
    match (address, base) {
        (IpAddr::V4(address), IpAddr::V4(base)) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(length)).unwrap_or(0);
            address.to_bits() & mask == base.to_bits() & mask
        }
        (IpAddr::V6(address), IpAddr::V6(base)) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(length)).unwrap_or(0);
            address.to_bits() & mask == base.to_bits() & mask
        }
        _ => false,
    }
}

/// Resolves names to the addresses the guard lets through. The connection goes to exactly these, so a name
/// cannot turn into another address between the check and the connection.
pub(super) struct GuardedResolver(pub Arc<Guard>);

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = Arc::clone(&self.0);
        Box::pin(async move {
            let host = name.as_str();
            guard.check_host(&Host::Domain(host))?;
            let mut permitted: Vec<SocketAddr> = Vec::new();
            let mut refused = None;
            for address in tokio::net::lookup_host((host, 0)).await? {
                match guard.check_address(address.ip(), Some(host)) {
                    Ok(()) => permitted.push(address),
                    Err(Refused(reason)) => {
                        refused = Some(Refused(format!("{host}: {reason}")));
                    }
                }
            }
            match refused {
                Some(refused) if permitted.is_empty() => Err(refused.into()),
                _ => Ok(Box::new(permitted.into_iter()) as Addrs),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(allowed: &[&str]) -> Guard {
        let allowed = allowed.iter().map(|one| (*one).to_owned()).collect();
        Guard { allowed }
    }

    /// Whether a webhook may go to `url`, whose host is an address.
    fn lets(guard: &Guard, url: &str) -> bool {
        let url = url::Url::parse(url).unwrap();
        guard.check_host(&url.host().unwrap()).is_ok()
    }

    #[test]
    fn loopback_and_private_addresses_are_let_through() {
        for url in [
            "http://127.0.0.1/",
            "http://127.8.9.10/",
            "http://2130706433/",
            "http://10.1.2.3/",
            "http://172.31.0.1/",
            "http://192.168.1.1/",
            "http://[::1]/",
            "http://[fd12:3456::1]/",
            "http://[::ffff:192.168.1.1]/",
        ] {
            assert!(lets(&guard(&[]), url), "{url}");
        }
    }

    #[test]
    fn public_addresses_are_let_through_only_when_allowed() {
        for url in [
            "http://8.8.8.8/",
            "http://172.32.0.1/",
            "http://[2606:4700::1111]/",
            "http://[::ffff:8.8.8.8]/",
        ] {
            assert!(!lets(&guard(&[]), url), "{url}");
            assert!(lets(&guard(&["*"]), url), "{url}");
        }
        assert!(lets(&guard(&["8.8.8.0/24"]), "http://8.8.8.8/"));
        assert!(!lets(&guard(&["8.8.8.0/24"]), "http://8.8.9.8/"));
        assert!(lets(&guard(&["8.8.8.8"]), "http://[::ffff:8.8.8.8]/"));
        assert!(lets(&guard(&["2606:4700::/32"]), "http://[2606:4700::1]/"));
        assert!(lets(&guard(&["0.0.0.0/0"]), "http://8.8.8.8/"));
        assert!(!lets(
            &guard(&["8.8.8.0/33", "not a network"]),
            "http://8.8.8.8/"
        ));
    }

    #[test]
    fn link_local_and_metadata_addresses_are_never_let_through() {
        let everything = guard(&[
            "*",
            "169.254.169.254",
            "metadata.google.internal",
            "0.0.0.0/0",
            "::/0",
        ]);
        for url in [
            "http://169.254.169.254/latest/meta-data",
            "http://0xa9fea9fe/",
            "http://169.254.0.1/",
            "http://100.100.100.200/",
            "http://[fe80::1]/",
            "http://[febf::1]/",
            "http://[fd00:ec2::254]/",
            "http://[::ffff:169.254.169.254]/",
            "http://[::169.254.169.254]/",
            "http://[64:ff9b::169.254.169.254]/",
            "http://[2002:a9fe:a9fe::1]/",
            "http://metadata.google.internal/",
            "http://METADATA.google.internal./",
        ] {
            assert!(!lets(&everything, url), "{url}");
        }
    }

    #[test]
    fn a_name_is_judged_by_the_addresses_it_resolves_to() {
        let public = IpAddr::from([8, 8, 8, 8]);
        let metadata = IpAddr::from([169, 254, 169, 254]);
        let named = guard(&["Hooks.example.com"]);
        assert!(
            named
                .check_address(public, Some("hooks.example.com."))
                .is_ok()
        );
        assert!(
            named
                .check_address(public, Some("other.example.com"))
                .is_err()
        );
        assert!(
            named
                .check_address(metadata, Some("hooks.example.com"))
                .is_err()
        );
        let loopback = IpAddr::from([127, 0, 0, 1]);
        assert!(
            guard(&[])
                .check_address(loopback, Some("anything.test"))
                .is_ok()
        );
    }

    #[tokio::test]
    async fn the_resolver_hands_out_only_permitted_addresses() {
        let resolver = GuardedResolver(Arc::new(guard(&[])));
        let found = resolver
            .resolve("localhost".parse().unwrap())
            .await
            .unwrap();
        let found: Vec<_> = found.collect();
        assert!(!found.is_empty() && found.iter().all(|address| address.ip().is_loopback()));
        let refused = resolver
            .resolve("metadata.google.internal".parse().unwrap())
            .await;
        assert!(refused.is_err_and(|error| error.is::<Refused>()));
    }
}
