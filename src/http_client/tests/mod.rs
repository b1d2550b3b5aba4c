//! Tests of the target guard and the client builders.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use reqwest::dns::Resolve as _;
use url::Url;

use super::guard::{DNS_CACHE_TTL, GuardedResolver, is_public};
use super::{
    SiteClientConfig, TargetProblem, check_target, install_tls, site_client, telegram_client,
};

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
fn addresses_outside_the_public_internet_are_refused() {
    for text in [
        "0.0.0.0",
        "0.1.2.3",
        "10.1.2.3",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.8.8.8",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ] {
        assert!(!is_public(address(text)), "{text}");
    }
    for text in [
        "1.1.1.1",
        "100.63.255.255",
        "100.128.0.1",
        "172.32.0.1",
        "198.20.0.1",
        "2606:4700::1111",
        "2a00:1450::1",
    ] {
        assert!(is_public(address(text)), "{text}");
    }
}

#[test]
fn targets_are_checked_without_dns() {
    let check = |text: &str, port| check_target(&Url::parse(text).unwrap(), false, port);
    assert_eq!(check("https://example.com/a?b", None), Ok(()));
    assert_eq!(check("http://example.com:80/", None), Ok(()));
    assert_eq!(check("https://example.com:8443/", Some(8443)), Ok(()));
    assert_eq!(
        check("https://example.com:8443/", None),
        Err(TargetProblem::Port(8443))
    );
    assert_eq!(
        check("https://example.com:22/", Some(8443)),
        Err(TargetProblem::Port(22))
    );
    assert_eq!(
        check("ftp://example.com/", None),
        Err(TargetProblem::Scheme)
    );
    assert_eq!(
        check("file:///etc/passwd", None),
        Err(TargetProblem::Scheme)
    );
    assert_eq!(
        check("https://a:b@example.com/", None),
        Err(TargetProblem::UserInfo)
    );
    assert_eq!(
        check("https://a@example.com/", None),
        Err(TargetProblem::UserInfo)
    );
    for private in [
        "http://127.0.0.1/",
        "http://127.0.0.1./",
        "http://127.1/",
        "http://0177.0.0.1/",
        "http://017700000001/",
        "http://0x7f000001/",
        "http://0x7F.0x0.0x0.0x1/",
        "http://%31%32%37.0.0.1/",
        "http://１２７.0.0.1/",
        "http://0/",
        "http://0xa9fea9fe/",
        "http://[::]/",
        "http://[0:0:0:0:0:ffff:127.0.0.1]/",
        "http://[::ffff:a00:1]/",
        "http://[::127.0.0.1]/",
        "http://[64:ff9b::10.0.0.1]/",
        "http://[64:ff9b:1::a00:1]/",
        "http://[2002:a00:1::]/",
        "http://[2001:0:a00:1::]/",
        "http://[fe80::1]/",
        "http://[fec0::1]/",
        "http://[fd00::1]/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://localhost/",
        "http://LOCALHOST./",
        "http://app.localhost/",
        "https://App.LocalHost./",
        "http://169.254.169.254/latest",
    ] {
        assert_eq!(
            check(private, None),
            Err(TargetProblem::Private),
            "{private}"
        );
        assert_eq!(
            check_target(&Url::parse(private).unwrap(), true, None),
            Ok(()),
            "{private}"
        );
    }
}

#[test]
fn a_mixed_dns_answer_keeps_only_its_public_addresses() {
    let public = SocketAddr::new(address("1.1.1.1"), 0);
    let all = vec![SocketAddr::new(address("10.0.0.1"), 0), public];
    assert_eq!(GuardedResolver::new(false).permitted(all.clone()), [public]);
    assert_eq!(GuardedResolver::new(true).permitted(all.clone()), all);
}

#[tokio::test]
async fn an_answer_of_the_name_server_is_used_again_for_its_time() {
    let resolver = GuardedResolver::new(false);
    let (now, second) = (Instant::now(), Duration::from_secs(1));
    let public = [SocketAddr::new(address("1.1.1.1"), 0)];
    resolver.remember("site.invalid".to_owned(), &public, now);
    // No name server knows this name, so the answer comes from the cache.
    let addresses = resolver.resolve("site.invalid".parse().unwrap()).await;
    assert_eq!(addresses.unwrap().collect::<Vec<_>>(), public);
    let cached = |at| resolver.cached("site.invalid", at).is_some();
    assert!(cached(now + DNS_CACHE_TTL - second) && !cached(now + DNS_CACHE_TTL));
    assert!(resolver.cached("other.invalid", now).is_none());
}

#[tokio::test]
async fn names_of_this_machine_need_no_name_server_and_are_private() {
    for name in ["localhost", "app.localhost", "a.b.LOCALHOST."] {
        let resolve = |allow_private| {
            let resolver = GuardedResolver::new(allow_private);
            resolver.resolve(name.parse().unwrap())
        };
        let addresses: Vec<IpAddr> = resolve(true)
            .await
            .unwrap()
            .map(|address| address.ip())
            .collect();
        assert_eq!(addresses, [address("127.0.0.1"), address("::1")], "{name}");
        let refused = resolve(false).await.err().unwrap();
        assert_eq!(
            refused.downcast_ref(),
            Some(&TargetProblem::Private),
            "{name}"
        );
    }
}

#[test]
fn clients_build_and_tls_may_be_installed_twice() {
    install_tls();
    install_tls();
    telegram_client().unwrap();
    let config = |user_agent: &str| SiteClientConfig {
        timeout: Duration::from_secs(10),
        allow_private_targets: false,
        user_agent: user_agent.to_owned(),
    };
    site_client(&config(super::DEFAULT_USER_AGENT)).unwrap();
    site_client(&config("broken\r\nheader")).unwrap_err();
}
