//! What we offer to whoever names us in another chat, and how Telegram is told.

use frankenstein::AsyncTelegramApi as _;
use frankenstein::ParseMode;
use frankenstein::inline_mode::{
    InlineQueryResult, InlineQueryResultArticle, InlineQueryResultCachedPhoto, InputMessageContent,
    InputTextMessageContent,
};
use frankenstein::methods::AnswerInlineQueryParams;
use frankenstein::types::LinkPreviewOptions;

use super::client::Api;
use super::error::ApiError;
use crate::html::Html;
use crate::telegram::message::markup::Keyboard;

/// How long Telegram may repeat an answer to the same person, in seconds: what is offered may be gone soon.
const CACHE_SECONDS: u32 = 10;

/// Something to choose; chosen, it becomes a message of whoever asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Names it among the others, at most 64 bytes.
    pub id: String,
    /// What is shown to choose from: free text of people.
    pub title: String,
    /// More of it, in small.
    pub description: String,
    /// The message; beside a photo at most 1024 UTF-16 units.
    pub html: Html,
    /// Its buttons; only such that open an address.
    pub keyboard: Keyboard,
    /// Telegram's id of a photo of ours; without one it is a text.
    pub photo: Option<String>,
}

impl Offer {
    fn to_api(&self) -> InlineQueryResult {
        let keyboard = (!self.keyboard.is_empty()).then(|| self.keyboard.to_api());
        match &self.photo {
            Some(photo) => InlineQueryResultCachedPhoto::builder()
                .id(self.id.clone())
                .photo_file_id(photo.clone())
                .title(self.title.clone())
                .description(self.description.clone())
                .caption(self.html.as_str())
                .parse_mode(ParseMode::Html)
                .maybe_reply_markup(keyboard)
                .build()
                .into(),
            None => {
                let text = InputTextMessageContent::builder()
                    .message_text(self.html.as_str())
                    .parse_mode(ParseMode::Html)
                    .link_preview_options(LinkPreviewOptions::DISABLED)
                    .build();
                InlineQueryResultArticle::builder()
                    .id(self.id.clone())
                    .title(self.title.clone())
                    .description(self.description.clone())
                    .input_message_content(InputMessageContent::Text(text))
                    .maybe_reply_markup(keyboard)
                    .build()
                    .into()
            }
        }
    }
}

impl Api {
    /// Offers something to one person only: Telegram shows it to nobody else.
    pub(crate) async fn answer_inline(
        &self,
        query_id: &str,
        offers: &[Offer],
    ) -> Result<(), ApiError> {
        let params = AnswerInlineQueryParams::builder()
            .inline_query_id(query_id)
            .results(offers.iter().map(Offer::to_api).collect::<Vec<_>>())
            .cache_time(CACHE_SECONDS)
            .is_personal(true)
            .build();
        self.answer_inline_query(&params).await.map(|_| ())
    }
}
