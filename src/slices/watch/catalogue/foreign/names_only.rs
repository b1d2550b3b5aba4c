//! Foreign entries that do not probe a profile. They ask whether a name is free, or they query an
//! archive, a search or a copy.
//!
//! No catalogue marks these entries, so we keep this list. A blocked profile keeps its name,
//! archived pages and copies. The site therefore cannot see the profile come back, and people are
//! told so when they add an account on it.

use url::Url;

use crate::slices::watch::site::entry::SiteEntry;

/// What an address shows instead of the profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Knows {
    /// Whether a name can still be registered.
    FreeNames,
    /// Old versions of the profile.
    Past,
    /// Similar names.
    Resemblance,
    /// Copies made by others.
    Copies,
}

/// The category of archives in WhatsMyName files.
const ARCHIVED: &str = "archived";

/// Host (with its subdomains), prefix of path and query ("/" for all), and what the address shows.
const PLACES: &[(&str, &str, Knows)] = &[
    // Sign-up forms call these while a person types a name.
    (
        "anime-planet.com",
        "/api/validation/username",
        Knows::FreeNames,
    ),
    (
        "api.geekdo.com",
        "/api/accounts/validate/username",
        Knows::FreeNames,
    ),
    (
        "app.buymeacoffee.com",
        "/api/v1/check_availability",
        Knows::FreeNames,
    ),
    (
        "colourlovers.com",
        "/ajax/check-username-availability",
        Knows::FreeNames,
    ),
    ("discord.com", "/api/v9/unique-username/", Knows::FreeNames),
    ("be.electrobel.org", "/register.ajax", Knows::FreeNames),
    ("eporner.com", "/xhr/check/", Knows::FreeNames),
    ("fiverr.com", "/validate_username", Knows::FreeNames),
    (
        "folkd.com",
        "/?app=core&module=system&controller=ajax&do=usernameExists",
        Knows::FreeNames,
    ),
    (
        "diskusjon.no",
        "/?app=core&module=system&controller=ajax&do=usernameExists",
        Knows::FreeNames,
    ),
    (
        "forum.kvinneguiden.no",
        "/?app=core&module=system&controller=ajax&do=usernameExists",
        Knows::FreeNames,
    ),
    ("holopin.io", "/api/auth/username", Knows::FreeNames),
    (
        "instructables.com",
        "/json-api/showAuthorExists",
        Knows::FreeNames,
    ),
    ("issuu.com", "/call/signup/", Knows::FreeNames),
    ("kashipara.com", "/ajax/checkNewUser.php", Knows::FreeNames),
    ("lcwo.net", "/api/user_exists.php", Knows::FreeNames),
    (
        "otx.alienvault.com",
        "/otxapi/auth/validate",
        Knows::FreeNames,
    ),
    ("lichess.org", "/api/player/autocomplete", Knows::FreeNames),
    ("minds.com", "/api/v3/register/validate", Knows::FreeNames),
    (
        "moddb.com",
        "/html/scripts/autocomplete.php",
        Knows::FreeNames,
    ),
    ("pikabu.ru", "/ajax.php", Knows::FreeNames),
    ("promodj.com", "/ajax/register.html", Knows::FreeNames),
    (
        "quizlet.com",
        "/webapi/3.2/users/check-username",
        Knows::FreeNames,
    ),
    (
        "auth.roblox.com",
        "/v1/usernames/validate",
        Knows::FreeNames,
    ),
    (
        "api.scratch.mit.edu",
        "/accounts/checkusername/",
        Knows::FreeNames,
    ),
    (
        "signup.steemit.com",
        "/api/check_username",
        Knows::FreeNames,
    ),
    (
        "stripchat.com",
        "/api/front/users/checkUsername",
        Knows::FreeNames,
    ),
    ("tindie.com", "/accounts/check_username/", Knows::FreeNames),
    ("tryhackme.com", "/api/user/exist/", Knows::FreeNames),
    ("wikimapia.org", "/user/register/", Knows::FreeNames),
    ("wishlistr.com", "/sign-up/", Knows::FreeNames),
    (
        "login.wordpress.org",
        "/wp-json/wporg/v1/username-available/",
        Knows::FreeNames,
    ),
    (
        "api.x.com",
        "/i/users/username_available.json",
        Knows::FreeNames,
    ),
    (
        "znanija.com",
        "/graphql/ru?operationName=NickAvailability",
        Knows::FreeNames,
    ),
    ("chess.com", "/callback/user/valid", Knows::FreeNames),
    ("dailykos.com", "/signup/check_nickname", Knows::FreeNames),
    (
        "api.omg.lol",
        "/address/vakhta-0-name-0-sample/availability",
        Knows::FreeNames,
    ),
    // Archives keep deleted profiles.
    ("archive.org", "/wayback/", Knows::Past),
    ("web.archive.org", "/", Knows::Past),
    ("filmot.com", "/", Knows::Past),
    ("unlistedvideos.com", "/", Knows::Past),
    // Searches also find similar names and mentions by others.
    ("archive.org", "/advancedsearch.php", Knows::Resemblance),
    (
        "community.adobe.com",
        "/t5/forums/searchpage/",
        Knows::Resemblance,
    ),
    ("dota2.ru", "/forum/search/", Knows::Resemblance),
    ("dotafire.com", "/ajax/searchSite", Knows::Resemblance),
    ("community.evocms.ru", "/users/?search=", Knows::Resemblance),
    ("greasyfork.org", "/en/users?q=", Knows::Resemblance),
    ("cavalier.hudsonrock.com", "/", Knows::Resemblance),
    ("mastodon.social", "/api/v2/search", Knows::Resemblance),
    ("mynickname.com", "/en/search", Knows::Resemblance),
    ("policja2009.fora.pl", "/search.php", Knows::Resemblance),
    ("scribd.com", "/search/", Knows::Resemblance),
    ("searchengines.guru", "/ru/search", Knows::Resemblance),
    ("sepiasearch.org", "/api/v1/search/", Knows::Resemblance),
    (
        "api.stackexchange.com",
        "/2.3/users?order=desc&sort=name&inname=",
        Knows::Resemblance,
    ),
    ("truckersmp.com", "/user/search", Knows::Resemblance),
    (
        "forumserver.twoplustwo.com",
        "/ajax.php?do=usersearch",
        Knows::Resemblance,
    ),
    (
        "forums.terraria.org",
        "/index.php?search/",
        Knows::Resemblance,
    ),
    ("voice123.com", "/api/providers/search/", Knows::Resemblance),
    ("chatovka.net", "/search", Knows::Resemblance),
    // Others' pages about the account.
    ("imginn.com", "/", Knows::Copies),
    ("fanslist.com", "/", Knows::Copies),
    ("twitchtracker.com", "/", Knows::Copies),
    ("nitter.privacydev.net", "/", Knows::Copies),
    ("psnprofiles.com", "/", Knows::Copies),
    ("playerdb.co", "/", Knows::Copies),
    ("xboxgamertag.com", "/", Knows::Copies),
    ("gamerdvr.com", "/", Knows::Copies),
    ("lolprofile.net", "/", Knows::Copies),
    ("op.gg", "/", Knows::Copies),
    ("fortnitetracker.com", "/", Knows::Copies),
    ("tracker.gg", "/", Knows::Copies),
];

/// True if an entry's address does not show the profile.
pub(super) fn tells_names_only(entry: &SiteEntry) -> bool {
    let category = entry.foreign.as_ref().and_then(|f| f.category.as_deref());
    category == Some(ARCHIVED) || place(entry.probe.as_ref().unwrap_or(&entry.url)).is_some()
}

/// What an address with `{name}` shows, if not the profile.
fn place(template: &str) -> Option<Knows> {
    let url = Url::parse(&template.replace("{name}", "vakhta-0-name-0-sample")).ok()?;
    let host = url.host_str()?;
    let rest = url.query().map_or_else(
        || url.path().to_owned(),
        |query| format!("{}?{query}", url.path()),
    );
    let is_at = |place: &str| {
        host == place
            || host
                .strip_suffix(place)
                .is_some_and(|sub| sub.ends_with('.'))
    };
    PLACES
        .iter()
        .find(|(place, start, _)| is_at(place) && rest.starts_with(start))
        .map(|(_, _, knows)| *knows)
}
