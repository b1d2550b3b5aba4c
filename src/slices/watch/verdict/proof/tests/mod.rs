//! Tests of the proof that weak sites need: pages of several sites, each with its controls.

use proptest::prelude::*;
use url::Url;

use super::*;
use crate::slices::watch::site::entry::{Foreign, SiteEntry};
use crate::slices::watch::site::{Site, Username};
use crate::slices::watch::verdict::{AnswerHeaders, SiteAnswer};

/// A weak site that knows these names.
fn site(known: &[&str]) -> Site {
    let entry = "key = \"a\"\nurl = \"https://a.example/{name}\"\nexists = { status = [200] }\n\
        missing = { status = [404] }";
    let mut entry: SiteEntry = toml::from_str(entry).unwrap();
    entry.foreign = Some(Foreign {
        known: known.iter().map(|name| (*name).to_owned()).collect(),
        is_weak: true,
        ..Foreign::default()
    });
    entry.into_site(false).unwrap()
}

fn read(site: &Site, name: &str, body: &str, location: Option<&str>) -> Traits {
    let answer = SiteAnswer {
        url: Url::parse("https://a.example/x").unwrap(),
        status: if location.is_some() { 302 } else { 200 },
        headers: AnswerHeaders::default(),
        location: location.map(str::to_owned),
        body: body.to_owned(),
    };
    Traits::read(site, &Username::parse(name).unwrap(), &answer)
}

/// How one site draws its pages: that of an account, and that of nobody.
struct Look {
    profile: fn(name: &str, person: &str) -> String,
    nobody: fn(name: &str) -> String,
}

/// A large page with all that search engines like.
fn rich(name: &str, person: &str) -> String {
    let posts = if person.is_empty() {
        "<p class=\"empty\">Nothing yet.</p>".to_owned()
    } else {
        format!(
            "<article class=\"post pinned\"><a href=\"/{name}/p/1\">{person}: news</a></article>"
        )
        .repeat(9)
    };
    format!(
        "<!doctype html><html lang=en><head><meta charset=utf-8><title>{person} (@{name}) · Site</title>\
         <link rel=canonical href=\"https://a.example/{name}\"><meta property=\"og:type\" content=\"profile\">\
         <meta property=\"og:title\" content=\"{person}\"><meta property=\"og:url\" content=\"https://a.example/{name}\">\
         </head><body class=site><nav class=\"bar top\"><a href=\"/\" class=home>Home</a></nav><main id=profile-{name}>\
         <h1 class=\"person\">{person}</h1><div class=\"stats row\"><b class=count>{}</b> posts</div>{posts}</main>\
         <footer class=foot>© Site</footer></body></html>",
        person.len()
    )
}

fn rich_nobody(_: &str) -> String {
    "<!doctype html><html lang=en><head><meta charset=utf-8><title>Not found · Site</title></head><body class=site>\
     <nav class=\"bar top\"><a href=\"/\" class=home>Home</a></nav><main class=\"error error-404\"><h1>No such user</h1>\
     <p>The page does not exist.</p></main><footer class=foot>© Site</footer></body></html>"
        .to_owned()
}

const LOOKS: &[Look] = &[
    Look {
        profile: rich,
        nobody: rich_nobody,
    },
    // The missing page is a redirect, so nothing is known of it.
    Look {
        profile: rich,
        nobody: |_| String::new(),
    },
    // The missing page repeats the name, too.
    Look {
        profile: rich,
        nobody: |name| rich_nobody(name).replace("No such user", &format!("{name} is free")),
    },
    // Hardly any markup.
    Look {
        profile: |name, _| format!("<html><body><h1>{name}</h1><p>A member.</p></body></html>"),
        nobody: |_| "<html><body><h1>Sorry</h1><p>No such user.</p></body></html>".to_owned(),
    },
    // The name appears nowhere, and both pages have the same tags.
    Look {
        profile: |_, _| {
            "<html><head><title>Site</title></head><body><p>A page.</p></body></html>".to_owned()
        },
        nobody: |_| {
            "<html><head><title>Site</title></head><body><p>No such user</p></body></html>"
                .to_owned()
        },
    },
    // Only the status differs.
    Look {
        profile: |_, _| "<html><body>\n<p>A page.</p>\n</body></html>".to_owned(),
        nobody: |_| "<html><body>\n<p>A page.</p>\n</body></html>".to_owned(),
    },
    // An application draws both, but the title has the name.
    Look {
        profile: |name, _| {
            format!(
                "<html><head><title>{name} | App</title></head><body><noscript>Enable scripts</noscript>\
                <div id=root></div><script src=/a.1.js></script></body></html>"
            )
        },
        nobody: |_| {
            "<html><head><title>App</title></head><body><noscript>Enable scripts</noscript><div id=root></div>\
             <script src=/a.2.js></script></body></html>"
                .to_owned()
        },
    },
    // Interfaces for programs.
    Look {
        profile: |name, person| {
            format!(
                "{{\"user\":{{\"login\":\"{name}\",\"id\":{},\"bio\":\"{person}\"}}}}",
                person.len()
            )
        },
        nobody: |_| "{\"error\":{\"code\":\"not_found\"}}".to_owned(),
    },
    Look {
        profile: |_, _| "{\"free\":false,\"took\":12}".to_owned(),
        nobody: |_| "{\"free\":true,\"took\":3}".to_owned(),
    },
    Look {
        profile: |_, _| "taken".to_owned(),
        nobody: |_| "free".to_owned(),
    },
];

/// Pages that say nothing about `ann`, made from the page of nobody where they resemble it.
fn strange(nobody: &str) -> Vec<String> {
    let words = [
        ("No such user", "No existe tal usuario"),
        ("is free", "está libre"),
        ("A page.", "Una página."),
        ("The page does not exist.", "La página no existe."),
        ("Not found", "No encontrado"),
        ("Sorry", "Lo sentimos"),
    ];
    let translated = words
        .iter()
        .fold(nobody.to_owned(), |page, (from, to)| page.replace(from, to));
    let referred: String = nobody
        .replace("No such", "&#78;&#x6f; such")
        .replace("A page", "&#65; page");
    let half: String = nobody.chars().take(nobody.chars().count() / 2).collect();
    let mut pages: Vec<String> = [
        "<!doctype html><html lang=es><head><title>Verificación</title></head><body class=caja><h1>¿Eres humano?</h1>\
         <form id=reto><input name=url value=\"/ann\"><p>Escribe las letras.</p></form></body></html>",
        "<html><head><meta charset=utf-8><title>Технические работы</title></head><body><h1>Скоро вернёмся</h1></body></html>",
        "<html lang=de><head><title>Ihre Privatsphäre</title></head><body><div class=\"wall overlay\" id=cookies>\
         <a href=\"/ann\">Weiter zu ann</a></div></body></html>",
        "<html><head></head><body><script src=/shell.js></script></body></html>",
        "{\"message\":\"upstream timed out\",\"path\":\"/ann\",\"status\":504}",
        "<!doctype html><html lang=ja><head><title>お探しのページ</title></head><body><div class=kiji><h1>ただいまメンテナンス中です</h1>\
         <p>ann さん、しばらくお待ちください。</p></div></body></html>",
        "<html lang=ar dir=rtl><head><title>تحقق</title></head><body><h1>هل أنت إنسان؟</h1><p dir=ltr>ann</p></body></html>",
        "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Resource>/ann</Resource><RequestId>7F</RequestId></Error>",
        "<?xml version='1.0'?><rss version='2.0'><channel><title>ann</title><link>https://a.example/ann</link></channel></rss>",
        "[]",
        "null",
        "\"ann\"",
        "error",
    ]
    .map(str::to_owned)
    .to_vec();
    pages.extend(
        [translated, referred, half]
            .into_iter()
            .filter(|page| page != nobody),
    );
    pages
}

#[test]
fn what_is_unlike_a_known_account_is_none() {
    let site = site(&["blue"]);
    for (number, look) in LOOKS.iter().enumerate() {
        let nobody = (look.nobody)("q7x3");
        let mut proof = Proof::default();
        proof.hear_known(read(
            &site,
            "blue",
            &(look.profile)("blue", "Blue Band"),
            None,
        ));
        proof.hear_nobody(read(&site, "q7x3", &nobody, None));
        for (name, person) in [
            ("ann", "Ann"),
            ("Ann-B", "Anna Blue"),
            ("x", ""),
            ("жук", "Жук"),
        ] {
            let page = (look.profile)(name, person);
            assert!(
                proof.is_account(&read(&site, name, &page, None)),
                "{number}: {page}"
            );
        }
        for page in strange(&(look.nobody)("ann")) {
            assert!(
                !proof.is_account(&read(&site, "ann", &page, None)),
                "{number}: {page}"
            );
        }
    }
}

#[test]
fn without_a_known_page_the_name_is_demanded() {
    let site = site(&[]);
    let mut proof = Proof::default();
    for is_learnt in [false, true] {
        if is_learnt {
            proof.hear_nobody(read(&site, "q7x3", &rich_nobody("q7x3"), None));
        }
        assert!(proof.is_account(&read(&site, "ann", &rich("ann", "Ann"), None)));
        let json = "{\"login\":\"ann\"}";
        assert!(proof.is_account(&read(&site, "ann", json, None)));
        assert!(!proof.is_account(&read(&site, "ann", "<title>Shop</title><p>ann</p>", None)));
    }
    let nobody = rich_nobody("ann").replace("Not found", "ann not found");
    assert!(!proof.is_account(&read(&site, "ann", &nobody, None)));
}

#[test]
fn where_a_redirect_is_the_answer_its_way_is_the_proof() {
    let site = site(&["blue"]);
    let mut proof = Proof::default();
    proof.hear_known(read(&site, "blue", "moved", Some("/people/17")));
    proof.hear_nobody(read(&site, "q7x3", "No such user", None));
    let is_account = |location| proof.is_account(&read(&site, "ann", "moved", Some(location)));
    assert!(is_account("/people/4321"));
    assert!(!is_account("/maintenance"));
}

#[test]
fn a_word_of_the_site_is_no_echo_of_a_known_name() {
    // The known name is also a word of every page.
    let site = site(&["home"]);
    let page = |name: &str| {
        format!(
            "<html><head><title>{name}</title></head><body><a href=\"/home\">Home</a><p class=bio>Hi</p>\
            <i class=since>May</i><b class=posts>3</b></body></html>"
        )
    };
    let mut proof = Proof::default();
    proof.hear_known(read(&site, "home", &page("home"), None));
    let nobody =
        "<html><head><title>404</title></head><body><a href=\"/home\">Home</a></body></html>";
    proof.hear_nobody(read(&site, "q7x3", nobody, None));
    assert!(proof.is_account(&read(&site, "ann", &page("ann"), None)));
}

#[test]
fn old_pages_of_nobody_are_forgotten() {
    let site = site(&["blue"]);
    let mut proof = Proof::default();
    for _ in 0..20 {
        proof.hear_nobody(read(&site, "q7x3", "<p>", None));
    }
    assert_eq!(proof.nobody.len(), NOBODIES);
}

#[test]
fn what_is_unlike_nobody_is_not_missing() {
    let site = site(&["blue"]);
    for (number, look) in LOOKS.iter().enumerate() {
        let nobody = (look.nobody)("q7x3");
        let mut proof = Proof::default();
        proof.hear_known(read(
            &site,
            "blue",
            &(look.profile)("blue", "Blue Band"),
            None,
        ));
        assert!(
            proof.is_nobody(&read(&site, "ann", &nobody, None)),
            "nothing is known yet"
        );
        proof.hear_nobody(read(&site, "q7x3", &nobody, None));
        let missing = (look.nobody)("ann");
        assert!(
            proof.is_nobody(&read(&site, "ann", &missing, None)),
            "{number}: {missing}"
        );
        for page in strange("").iter().filter(|page| !page.is_empty()) {
            assert!(
                !proof.is_nobody(&read(&site, "ann", page, None)),
                "{number}: {page}"
            );
        }
    }
}

proptest! {
    #[test]
    fn the_controls_themselves_have_proof(
        known in "(<[a-z!/-]{1,6}( [a-z]{1,5}=[\"' a-z0-9/]{0,9})?>|[a-z\":{},0-9 ]{0,9}|blue){0,12}",
        nobody in "(<[a-z!/-]{1,6}( [a-z]{1,5}=[\"' a-z0-9/]{0,9})?>|[a-z\":{},0-9 ]{0,9}|blue){0,12}",
    ) {
        let site = site(&["blue"]);
        let mut proof = Proof::default();
        proof.hear_known(read(&site, "blue", &known, None));
        proof.hear_nobody(read(&site, "q7x3", &nobody, None));
        prop_assert!(proof.is_account(&read(&site, "blue", &known, None)));
        prop_assert!(proof.is_nobody(&read(&site, "q7y4", &nobody, None)));
    }
}
