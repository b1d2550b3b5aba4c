//! Answers to inline queries: our offers to a person who names us in another chat.

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

/// How long Telegram may cache an answer for the same person: an offer may be gone soon.
const CACHE_SECONDS: u32 = 10;

/// An offer. When the person chooses it, it becomes their message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Unique within one answer, at most 64 bytes.
    pub id: String,
    /// Shown in the list: free text of people.
    pub title: String,
    pub description: String,
    /// The message; with a photo at most 1024 UTF-16 units.
    pub html: Html,
    /// Its buttons, which may only open addresses.
    pub keyboard: Keyboard,
    /// Telegram's id of one of our photos; without one the offer is a text.
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
    /// Answers an inline query. Telegram shows the offers only to the person who asked.
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
