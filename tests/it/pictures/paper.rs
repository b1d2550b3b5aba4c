//! Documents that the browser takes a picture of: a chat with bubbles and buttons, a sheet of
//! paper.

use std::path::Path;
use std::process::Command;

use serde_json::json;
use vakhta::testing::demo::ChatMessage;

use crate::chromium::Browser;

/// The width of every picture, so that letters have the same size throughout the handbook.
pub(super) const WIDTH: u32 = 940;

/// Picture pixels per document pixel, so that the picture is sharp on a phone.
const SCALE: u32 = 2;

/// The font families of the style. Without them letters differ and symbols are empty boxes.
const FONTS: [&str; 2] = ["Roboto", "Noto Color Emoji"];

pub(super) const STYLE: &str = include_str!("style.css");

/// A document with pictures of its own.
pub(super) struct Document {
    html: String,
    files: Vec<(String, Vec<u8>)>,
}

impl Document {
    /// A chat: two columns, or one message in the middle.
    pub(super) fn chat<'m>(messages: impl IntoIterator<Item = &'m ChatMessage>) -> Self {
        let mut files = Vec::new();
        let mut body = String::new();
        for message in messages {
            body.push_str("<section><div class=\"bubble\">");
            if let Some(file) = &message.file {
                let name = format!("{}.png", files.len());
                body.push_str(&format!("<img src=\"{name}\" alt=\"\">"));
                files.push((name, file.bytes.to_vec()));
            }
            body.push_str(&format!("<p>{}</p></div>", message.html));
            body.push_str(&keyboard(message));
            body.push_str("</section>\n");
        }
        Self::new("chat", &body, files)
    }

    /// A sheet of paper on which a picture is printed.
    pub(super) fn sheet(printed: Vec<u8>) -> Self {
        let body = "<img src=\"sheet.png\" alt=\"\">";
        Self::new("sheet", body, vec![("sheet.png".to_owned(), printed)])
    }

    fn new(kind: &str, body: &str, files: Vec<(String, Vec<u8>)>) -> Self {
        let html = format!(
            "<!doctype html>\n<meta charset=\"utf-8\">\n<style>{STYLE}</style>\n\
             <main class=\"{kind}\" style=\"width: {WIDTH}px\">\n{body}</main>\n"
        );
        Self { html, files }
    }

    /// The source of the picture: the document, and the pixels of its own pictures.
    pub(super) fn source(&self) -> Vec<Vec<u8>> {
        let pixels = self.files.iter().map(|(_, bytes)| {
            let picture = image::load_from_memory(bytes).unwrap().into_rgb8();
            picture.into_raw()
        });
        std::iter::once(self.html.clone().into_bytes())
            .chain(pixels)
            .collect()
    }

    pub(super) async fn draw(&self, path: &Path) {
        demand_fonts();
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in &self.files {
            std::fs::write(folder.path().join(name), bytes).unwrap();
        }
        let file = folder.path().join("index.html");
        std::fs::write(&file, &self.html).unwrap();
        let mut browser = browser("ru").await;
        let url = format!("file://{}", file.display());
        browser.call("Page.navigate", json!({ "url": url })).await;
        browser
            .until("document.readyState === 'complete' && document.querySelector('main')")
            .await;
        let height = browser
            .run("Math.ceil(document.querySelector('main').getBoundingClientRect().height)")
            .await;
        let height = u32::try_from(height.as_u64().unwrap()).unwrap();
        shoot(&mut browser, (WIDTH, height), path).await;
        browser.ends().await;
    }
}

/// The browser of a run that draws.
pub(super) async fn browser(language: &str) -> Browser {
    let browser = Browser::start(language).await;
    browser.expect("pictures are drawn with Chromium (Debian: chromium)")
}

/// Takes a sharp picture of a screen of this size.
pub(super) async fn shoot(browser: &mut Browser, (width, height): (u32, u32), path: &Path) {
    let metrics =
        json!({ "width": width, "height": height, "deviceScaleFactor": SCALE, "mobile": false });
    browser
        .call("Emulation.setDeviceMetricsOverride", metrics)
        .await;
    let painted =
        "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))";
    browser.run(painted).await;
    browser.picture(path.to_str().unwrap()).await;
}

fn demand_fonts() {
    let listed = Command::new("fc-list").args([":", "family"]).output();
    let listed = String::from_utf8(listed.unwrap().stdout).unwrap();
    for font in FONTS {
        assert!(
            listed.lines().any(|family| family == font),
            "pictures are drawn with {font} (Debian: fonts-roboto-unhinted, fonts-noto-color-emoji)"
        );
    }
}

/// The inline buttons, row below row.
fn keyboard(message: &ChatMessage) -> String {
    let markup = message.reply_markup.as_ref();
    let rows = markup.and_then(|markup| markup.get("inline_keyboard")?.as_array());
    let mut html = String::new();
    for row in rows.into_iter().flatten() {
        html.push_str("<div class=\"row\">");
        for button in row.as_array().unwrap() {
            let text = button.get("text").unwrap().as_str().unwrap();
            let text = vakhta::testing::html::Html::text(text);
            html.push_str(&format!("<span>{}</span>", text.as_str()));
        }
        html.push_str("</div>");
    }
    html
}
