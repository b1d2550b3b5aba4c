//! Tests of pages in front of sites: tables of pages and of redirects.

use super::BlockPage;
use crate::slices::watch::model::verdict::Sighting;
use crate::slices::watch::site::Site;
use crate::slices::watch::verdict::tests::{answer, bare, plain, redirect, site};
use crate::slices::watch::verdict::{AnswerHeaders, Inconclusive, SiteAnswer, bare_target, judge};

fn titled(title: &str) -> String {
    format!(
        "<!DOCTYPE html><html><head><TITLE>\n {title} </TITLE></head><body>Some words.</body></html>"
    )
}

/// Our own small versions of block pages.
pub(in crate::slices::watch::verdict) fn block_pages() -> Vec<(String, Inconclusive)> {
    let block = Inconclusive::BlockPage;
    vec![
        (titled("Just a moment..."), block(BlockPage::Cloudflare)),
        (
            "<script>window._cf_chl_opt={};</script>".to_owned(),
            block(BlockPage::Cloudflare),
        ),
        (
            titled("Attention Required! | Cloudflare"),
            block(BlockPage::Cloudflare),
        ),
        (
            "<script>window.gokuProps = {}</script>".to_owned(),
            block(BlockPage::AwsWaf),
        ),
        (titled("Human Verification"), block(BlockPage::AwsWaf)),
        (
            "<h1>Denied</h1>https&#58;//errors.edgesuite.net/18".replace("&#58;", ":"),
            block(BlockPage::Akamai),
        ),
        (titled("DDOS-GUARD"), block(BlockPage::DdosGuard)),
        (
            "<div id=\"px-captcha\"></div>".to_owned(),
            block(BlockPage::PerimeterX),
        ),
        (
            titled("Access to this page has been denied."),
            block(BlockPage::PerimeterX),
        ),
        (
            "{\"url\":\"https://geo.captcha-delivery.com/x\"}".to_owned(),
            block(BlockPage::DataDome),
        ),
        (
            "Request unsuccessful. Incapsula incident ID: 1".to_owned(),
            block(BlockPage::Imperva),
        ),
        (
            titled("Making sure you&#39;re not a bot!"),
            block(BlockPage::Anubis),
        ),
        (titled("Вы не робот?"), block(BlockPage::Captcha)),
        (
            "<p>Please complete the CAPTCHA to go on</p>".to_owned(),
            block(BlockPage::Captcha),
        ),
        (
            "<form action=\"https://consent.youtube.com/save\">".to_owned(),
            block(BlockPage::Consent),
        ),
        (
            titled("Before you continue to YouTube"),
            block(BlockPage::Consent),
        ),
        (titled("Access Denied"), block(BlockPage::Other)),
        (titled("Login &bull; Demo"), Inconclusive::LoginWall),
        (titled("Вход | Демо"), Inconclusive::LoginWall),
        (titled("Too Many Requests"), Inconclusive::RateLimited),
        // More pages, one sign each.
        (
            "<div id=\"cf-challenge-running\"></div>".to_owned(),
            block(BlockPage::Cloudflare),
        ),
        ("error code: 1015".to_owned(), block(BlockPage::Cloudflare)),
        (
            "<script src=\"https://x.captcha.awswaf.com/x/captcha.js\"></script>".to_owned(),
            block(BlockPage::AwsWaf),
        ),
        (
            "<meta http-equiv=\"refresh\" content=\"5; URL='/ann?bm-verify=AAQ'\">".to_owned(),
            block(BlockPage::Akamai),
        ),
        (
            "<script src=\"https://captcha.px-cdn.net/PX1/captcha.js\"></script>".to_owned(),
            block(BlockPage::PerimeterX),
        ),
        (
            "<script>var dd={'rt':'c','cid':'x'}</script>".to_owned(),
            block(BlockPage::DataDome),
        ),
        (
            "<iframe src=\"/_Incapsula_Resource?CWUDNSAI=9\"></iframe>".to_owned(),
            block(BlockPage::Imperva),
        ),
        (
            titled("ERROR: The request could not be satisfied"),
            block(BlockPage::Other),
        ),
        (
            "<p>Verify you are human by completing the action below.</p>".to_owned(),
            block(BlockPage::Captcha),
        ),
        (
            "<form action=\"/consent/collectConsent\">".to_owned(),
            block(BlockPage::Consent),
        ),
        (titled("We value your privacy"), block(BlockPage::Consent)),
        (titled("Sign up to see more"), Inconclusive::LoginWall),
        (
            "<META HTTP-EQUIV=\"Refresh\" content=\"0; URL='/Login?x'\">".to_owned(),
            Inconclusive::LoginWall,
        ),
        (
            "<meta http-equiv=a><meta http-equiv='refresh' content='0;url=/captcha'>".to_owned(),
            block(BlockPage::Captcha),
        ),
        (titled("502 Bad Gateway"), Inconclusive::ServerError(502)),
    ]
}

#[test]
fn block_pages_are_no_verdict_whatever_their_status() {
    for (body, expected) in block_pages() {
        for site in [plain(), bare()] {
            for status in [200, 404] {
                assert_eq!(
                    judge(&site, &answer(status, &body)),
                    Err(expected),
                    "{status} {body}"
                );
            }
        }
    }
    for status in [200, 202, 403, 404, 503] {
        let mut by_header = answer(status, "profile of ann, 3 posts");
        by_header.headers.cf_mitigated = true;
        assert_eq!(
            judge(&plain(), &by_header),
            Err(Inconclusive::BlockPage(BlockPage::Cloudflare))
        );
        by_header.headers = AnswerHeaders {
            amzn_waf_action: true,
            ..AnswerHeaders::default()
        };
        assert_eq!(
            judge(&plain(), &by_header),
            Err(Inconclusive::BlockPage(BlockPage::AwsWaf))
        );
    }
    let mut guarded = answer(403, "no");
    guarded.headers.server = BlockPage::of_server(b"DDoS-Guard");
    assert_eq!(
        judge(&plain(), &guarded),
        Err(Inconclusive::BlockPage(BlockPage::DdosGuard))
    );
}

#[test]
fn ordinary_pages_pass_though_they_name_captchas() {
    let profile = |extra: &str| {
        format!("<html><head>{extra}</head><body>profile of ann, 3 posts</body></html>")
    };
    for extra in [
        "<script src=\"https://www.google.com/recaptcha/api.js\"></script>",
        "<script src=\"/cdn-cgi/challenge-platform/scripts/jsd/main.js\"></script>",
        "<script src=\"/cdn-cgi/challenge-platform/h/b/scripts/jsd/0a1b/main.js\"></script>",
        "<script src=\"https://x.captcha.awswaf.com/x/jsapi.js\"></script><script src=\"/__qrator/q.js\"></script>",
        "<title>Login Lady (@ann) - Demo</title>",
        "<title>Captcha artist</title>",
        "<meta http-equiv=\"refresh\" content=\"900\"><meta http-equiv=\"X-UA-Compatible\" content=\"IE=edge\">",
        "<meta name=\"description\" content=\"I work at Cloudflare and solve the captcha every day\">",
    ] {
        assert_eq!(
            judge(&plain(), &answer(200, &profile(extra))),
            Ok(Sighting::Exists),
            "{extra}"
        );
    }
    // People's texts inside JSON are not read as pages.
    let json = "{\"profile of\":\"ann\",\"posts\":1,\"bio\":\"<title>Just a moment...</title>\"}";
    assert_eq!(judge(&plain(), &answer(200, json)), Ok(Sighting::Exists));
    // If the rule is a status alone, a suspicious page is no evidence, but an ordinary one is.
    assert_eq!(
        judge(&bare(), &answer(200, &titled("Loginov (ann)"))),
        Ok(Sighting::Exists)
    );
    assert_eq!(
        judge(&bare(), &answer(404, &titled("Page not found"))),
        Ok(Sighting::Missing)
    );
}

#[test]
fn a_redirect_is_an_answer_only_when_it_leads_somewhere_else() {
    let bare = bare();
    let block = Inconclusive::BlockPage;
    for (location, expected) in [
        ("/", Ok(Sighting::Missing)),
        ("/search?q=ann", Ok(Sighting::Missing)),
        ("https://other.example/", Ok(Sighting::Missing)),
        ("/login", Err(Inconclusive::LoginWall)),
        (
            "/accounts/login/?next=%2Fann%2F",
            Err(Inconclusive::LoginWall),
        ),
        ("/users/sign_in", Err(Inconclusive::LoginWall)),
        ("/Login.aspx", Err(Inconclusive::LoginWall)),
        (
            "https://login.demo.example/?x",
            Err(Inconclusive::LoginWall),
        ),
        (
            "https://consent.youtube.com/m?continue=x",
            Err(block(BlockPage::Consent)),
        ),
        ("/user-login", Err(Inconclusive::LoginWall)),
        ("/login_form.php?u=1", Err(Inconclusive::LoginWall)),
        ("/ServiceLogin?x", Err(Inconclusive::LoginWall)),
        ("/sessions/new", Err(Inconclusive::LoginWall)),
        ("/welcome?next=%2Fann", Err(Inconclusive::LoginWall)),
        (
            "/?return_to=https%3A%2F%2Fdemo.example%2Fann",
            Err(Inconclusive::LoginWall),
        ),
        ("/?next=", Ok(Sighting::Missing)),
        ("/error?aspxerrorpath=/ann", Ok(Sighting::Missing)),
        ("/blogin", Ok(Sighting::Missing)),
        (
            "https://guce.demo.example/copyConsent",
            Err(block(BlockPage::Consent)),
        ),
        ("/age-gate", Err(block(BlockPage::Consent))),
        ("/showcaptcha?x", Err(block(BlockPage::Captcha))),
        ("/challenge.html?hash=1", Err(block(BlockPage::Captcha))),
        ("/ann", Err(Inconclusive::RedirectLoop)),
        ("", Err(Inconclusive::RedirectLoop)),
        (
            "https://www.demo.example/Ann/",
            Err(Inconclusive::Status(302)),
        ),
        ("https://[", Err(Inconclusive::Status(302))),
    ] {
        assert_eq!(judge(&bare, &redirect(location)), expected, "{location}");
    }
    assert_eq!(
        judge(&bare, &answer(302, "")),
        Err(Inconclusive::Status(302)),
        "no Location"
    );
    // What the asked address itself has is no sign of a login.
    let signup = |location: &str| {
        let url = url::Url::parse("https://accounts.demo.example/signup/check/ann").unwrap();
        judge(
            &bare,
            &SiteAnswer {
                url,
                ..redirect(location)
            },
        )
    };
    assert_eq!(signup("/signup/none"), Ok(Sighting::Missing));
    assert_eq!(signup("/signup/login"), Err(Inconclusive::LoginWall));
    // If the redirect has a required text of its own, it needs no target.
    let saying = site(
        "exists = { status = [200] }\nmissing = { status = [302], text = [\"no such user\"] }",
    );
    assert_eq!(
        judge(&saying, &answer(302, "there is no such user")),
        Ok(Sighting::Missing)
    );
}

#[test]
fn only_the_end_of_a_bare_redirect_is_checked() {
    let target = |site: &Site, answer: &SiteAnswer| bare_target(site, answer).map(String::from);
    let front = redirect("/");
    assert_eq!(
        target(&bare(), &front).as_deref(),
        Some("https://demo.example/")
    );
    assert_eq!(target(&plain(), &front), None);
    assert_eq!(target(&bare(), &answer(404, "nobody")), None);
    let saying = site(
        "exists = { status = [200] }\nmissing = { status = [302], text = [\"no such user\"] }",
    );
    let said = SiteAnswer {
        body: "there is no such user".to_owned(),
        ..front
    };
    assert_eq!(target(&saying, &said), None);
}
