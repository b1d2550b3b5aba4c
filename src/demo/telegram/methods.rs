//! The methods of the Bot API, except `getUpdates` (which waits) and those that write (see
//! `sending`).

use serde_json::{Value, json};

use super::{
    inline,
    params::Params,
    rules::{self, Outcome, Refusal},
    sending,
    state::{BOT_ID, BOT_NAME, Standing, State},
    view::CallbackAnswer,
};

pub(super) fn run(state: &mut State, method: &str, params: &Params) -> Outcome {
    match method {
        "getMe" => Ok(get_me(state)),
        "setWebhook" => state.queue.set_webhook(params),
        "deleteWebhook" => Ok(state.queue.delete_webhook(params)),
        "getWebhookInfo" => Ok(state.queue.webhook_info()),
        "setMyCommands" => {
            let commands = rules::commands(params)?;
            state.menus.insert(menu(state, params)?, commands);
            Ok(json!(true))
        }
        "getMyCommands" => Ok(json!(
            state
                .menus
                .get(&menu(state, params)?)
                .cloned()
                .unwrap_or_default()
        )),
        "deleteMyCommands" => {
            state.menus.remove(&menu(state, params)?);
            Ok(json!(true))
        }
        "sendMessage" => sending::send_message(state, params),
        "sendPhoto" => sending::send_file(state, params, "photo"),
        "sendDocument" => sending::send_file(state, params, "document"),
        "editMessageText" => sending::edit_text(state, params),
        "editMessageMedia" => sending::edit_media(state, params),
        "editMessageCaption" => sending::edit_caption(state, params),
        "editMessageReplyMarkup" => sending::edit_markup(state, params),
        "deleteMessage" => sending::delete(state, params),
        "pinChatMessage" | "unpinChatMessage" => sending::pin(state, params),
        "sendMessageDraft" => draft(state, params),
        "sendChatAction" => {
            state.writable_chat(rules::chat_id(params)?)?;
            rules::action(params)?;
            Ok(json!(true))
        }
        "answerCallbackQuery" => answer_callback(state, params),
        "answerInlineQuery" => inline::answer(state, params),
        "getFile" => get_file(state, params),
        "getChat" => get_chat(state, params),
        "leaveChat" => leave_chat(state, params),
        "setMyName" | "setMyDescription" | "setMyShortDescription" | "setChatMenuButton" => {
            Ok(json!(true))
        }
        _ => Err(Refusal::new(404, "Not Found: method not found")),
    }
}

fn get_me(state: &State) -> Value {
    json!({
        "id": BOT_ID,
        "is_bot": true,
        "first_name": "Vakhta",
        "username": BOT_NAME,
        "can_join_groups": true,
        "can_read_all_group_messages": true,
        "supports_inline_queries": state.inline,
        "can_connect_to_business": false,
        "has_main_web_app": false,
    })
}

/// Identifies a menu: the scope with its chat and member, and the language.
fn menu(state: &State, params: &Params) -> Result<(String, String), Refusal> {
    let unreadable = || Refusal::bad("can't parse BotCommandScope");
    let scope = params
        .structure("scope")
        .map_err(|_| unreadable())?
        .unwrap_or(json!({ "type": "default" }));
    let kind = scope
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let number = |name: &str| {
        let value = scope.get(name);
        value.and_then(|value| value.as_i64().or_else(|| value.as_str()?.parse().ok()))
    };
    let key = match kind {
        "default" | "all_private_chats" | "all_group_chats" | "all_chat_administrators" => {
            kind.to_owned()
        }
        "chat" | "chat_administrators" | "chat_member" => {
            if scope.get("chat_id").is_none() {
                return Err(Refusal::bad(
                    "can't parse BotCommandScope: Can't find field \"chat_id\"",
                ));
            }
            let chat = state.known_chat(number("chat_id"))?;
            if kind != "chat" && chat.is_private() {
                return Err(Refusal::bad("can't change commands in private chats"));
            }
            if kind == "chat_member" && number("user_id").is_none() {
                return Err(Refusal::bad(
                    "can't parse BotCommandScope: Can't find field \"user_id\"",
                ));
            }
            format!(
                "{kind}:{}:{}",
                number("chat_id").unwrap_or(0),
                number("user_id").unwrap_or(0)
            )
        }
        _ => {
            return Err(Refusal::bad(
                "can't parse BotCommandScope: Unsupported type specified",
            ));
        }
    };
    let language = params.text("language_code").unwrap_or_default();
    if !language.is_empty()
        && (language.len() != 2 || !language.bytes().all(|b| b.is_ascii_lowercase()))
    {
        return Err(Refusal::bad("invalid language code specified"));
    }
    Ok((key, language))
}

/// A draft is shown for half a minute and leaves nothing behind except the recorded call.
fn draft(state: &State, params: &Params) -> Outcome {
    let chat = state.writable_chat(rules::chat_id(params)?)?;
    if !chat.is_private() {
        return Err(Refusal::bad("chat not found"));
    }
    if params.integer("draft_id").unwrap_or(0) == 0 {
        return Err(Refusal::bad("draft_id must be non-zero"));
    }
    rules::draft_text(params)?;
    Ok(json!(true))
}

fn answer_callback(state: &mut State, params: &Params) -> Outcome {
    let too_old =
        || Refusal::bad("query is too old and response timeout expired or query ID is invalid");
    let id = params.text("callback_query_id").unwrap_or_default();
    let text = params.text("text").unwrap_or_default();
    if text.chars().count() > 200 {
        return Err(Refusal::bad("MESSAGE_TOO_LONG"));
    }
    let now = state.now();
    let callback = state
        .callbacks
        .get_mut(&id)
        .filter(|callback| callback.answer.is_none() && callback.expires > now)
        .ok_or_else(too_old)?;
    let show_alert = params.flag("show_alert");
    callback.answer = Some(CallbackAnswer { text, show_alert });
    Ok(json!(true))
}

fn get_file(state: &State, params: &Params) -> Outcome {
    let id = params.text("file_id").unwrap_or_default();
    if id.is_empty() {
        return Err(Refusal::bad("file_id not specified"));
    }
    let file = state
        .files
        .get(&id)
        .ok_or_else(|| Refusal::bad("invalid file_id"))?;
    if file.bytes.len() > 20 * 1024 * 1024 {
        return Err(Refusal::bad("file is too big"));
    }
    Ok(json!({
        "file_id": id,
        "file_unique_id": sending::unique_id(&id),
        "file_size": file.bytes.len(),
        "file_path": format!("{}s/{id}", file.kind),
    }))
}

fn get_chat(state: &State, params: &Params) -> Outcome {
    let chat = state.known_chat(rules::chat_id(params)?)?;
    if let Standing::Kicked | Standing::Left = chat.standing {
        state.writable_chat(rules::chat_id(params)?)?;
    }
    let more = json!({
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": false, "limited_gifts": false, "unique_gifts": false,
            "premium_subscription": false, "gifts_from_channels": false,
        },
    });
    let fields = [&chat.json, &more]
        .into_iter()
        .filter_map(Value::as_object)
        .flatten();
    Ok(fields
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect())
}

fn leave_chat(state: &mut State, params: &Params) -> Outcome {
    let id = rules::chat_id(params)?;
    if state.writable_chat(id)?.is_private() {
        return Err(Refusal::bad(
            "chat member status can't be changed in private chats",
        ));
    }
    if let Some(chat) = id.and_then(|id| state.chats.get_mut(&id)) {
        chat.standing = Standing::Left;
    }
    Ok(json!(true))
}
