//! Networks in CIDR notation, as a `NetworkPolicy` takes them. Called by the rules and by the reader of locks.

use std::net::IpAddr;
use std::str::FromStr;

/// A network: the addresses that begin with these bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cidr {
    /// The first address as a number, which is shifted to the left for IPv4.
    first: u128,
    /// How many bits are given.
    bits: u32,
    is_v4: bool,
}

/// What is wrong with a network, in words for a label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CidrFault {
    /// It is none.
    Malformed,
    /// It is an address without bits.
    Address,
    /// It is the address of a host, with the bits of this network.
    Host(String),
}

impl FromStr for Cidr {
    type Err = CidrFault;

    /// An address and its bits, such as `10.0.0.0/8`. The API server also takes the address of a host with the bits of its
    /// network, and means the network; that is refused here, because it may be meant for the host.
    fn from_str(text: &str) -> Result<Self, CidrFault> {
        let Some((address, bits)) = text.split_once('/') else {
            return Err(if text.parse::<IpAddr>().is_ok() { CidrFault::Address } else { CidrFault::Malformed });
        };
        let address: IpAddr = address.parse().map_err(|_| CidrFault::Malformed)?;
        let is_plain = bits.bytes().all(|byte| byte.is_ascii_digit()) && (bits == "0" || !bits.starts_with('0'));
        let number: u32 = bits.parse().ok().filter(|_| is_plain).ok_or(CidrFault::Malformed)?;
        let (first, most, is_v4) = match address {
            IpAddr::V4(address) => (u128::from(address.to_bits()) << 96, 32, true),
            IpAddr::V6(address) => (address.to_bits(), 128, false),
        };
        if number > most {
            return Err(CidrFault::Malformed);
        }
        let network = Self { first: first & mask(number), bits: number, is_v4 };
        if network.first == first { Ok(network) } else { Err(CidrFault::Host(network.to_string())) }
    }
}

impl std::fmt::Display for Cidr {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let address: IpAddr = if self.is_v4 {
            let number = u32::try_from(self.first >> 96).expect("32 of 128 bits are left");
            std::net::Ipv4Addr::from_bits(number).into()
        } else {
            std::net::Ipv6Addr::from_bits(self.first).into()
        };
        write!(formatter, "{address}/{}", self.bits)
    }
}

fn mask(bits: u32) -> u128 {
    u128::MAX.checked_shl(128 - bits).unwrap_or_default()
}

impl Cidr {
    /// Whether another network is a part of this one, and not all of it.
    pub(crate) fn is_above(self, other: Self) -> bool {
        self.is_v4 == other.is_v4 && self.bits < other.bits && other.first & mask(self.bits) == self.first
    }

    /// Whether an address is in it.
    pub(crate) fn holds(self, address: IpAddr) -> bool {
        let (number, is_v4) = match address {
            IpAddr::V4(address) => (u128::from(address.to_bits()) << 96, true),
            IpAddr::V6(address) => (address.to_bits(), false),
        };
        self.is_v4 == is_v4 && number & mask(self.bits) == self.first
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cidr(text: &str) -> Cidr {
        text.parse().expect("it is a network")
    }

    #[test]
    fn networks_are_an_address_and_its_bits() {
        for network in ["10.0.0.0/8", "0.0.0.0/0", "192.0.2.7/32", "2001:db8::/32", "::/0", "::1/128"] {
            assert_eq!(cidr(network).to_string(), network);
        }
        for text in
            ["", "10.0.0/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/08", "10.0.0.0/+8", "2001:db8::/129", "a/8", "/8"]
        {
            assert_eq!(text.parse::<Cidr>(), Err(CidrFault::Malformed), "{text}");
        }
        assert_eq!("10.0.0.1".parse::<Cidr>(), Err(CidrFault::Address));
        assert_eq!("10.1.2.3/8".parse::<Cidr>(), Err(CidrFault::Host("10.0.0.0/8".to_owned())));
        assert_eq!("2001:db8::1/32".parse::<Cidr>(), Err(CidrFault::Host("2001:db8::/32".to_owned())));
    }

    #[test]
    fn parts_are_smaller_and_of_the_same_kind() {
        let (eight, sixteen) = (cidr("10.0.0.0/8"), cidr("10.1.0.0/16"));
        assert!(eight.is_above(sixteen) && !sixteen.is_above(eight) && !eight.is_above(eight));
        assert!(
            !eight.is_above(cidr("11.0.0.0/16"))
                && !cidr("::/0").is_above(sixteen)
                && cidr("0.0.0.0/0").is_above(eight)
        );
        let holds = |network: &str, address: &str| cidr(network).holds(address.parse().expect("it is an address"));
        assert!(
            holds("10.0.0.0/8", "10.255.0.1") && !holds("10.0.0.0/8", "11.0.0.1") && holds("0.0.0.0/0", "192.0.2.1")
        );
        assert!(holds("2001:db8::/32", "2001:db8::7") && !holds("::/0", "10.0.0.1") && holds("::/0", "2001:db8::7"));
    }
}
