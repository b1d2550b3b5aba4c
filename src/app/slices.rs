//! The list of the program's slices. Nothing else names them all.

use std::sync::Arc;

use super::Options;
use super::eyes::TelegramEye;
use crate::activation::Activator;
use crate::bot::Home;
use crate::config::Config;
use crate::slice::{Slice, Slices};
use crate::slices::admin::Admin;
use crate::slices::assistant::{Assistant, AssistantOff};
use crate::slices::cards::Cards;
use crate::slices::mtproto::Mtproto;
use crate::slices::settings::Settings;
use crate::slices::watch::notices::Notifier;
use crate::slices::watch::run::eye::{Eye, Eyes};
use crate::slices::watch::{Catalogue, Watch};

/// The slices, and the bells that the program rings itself.
pub(super) struct Built {
    pub(super) slices: Slices,
    /// Wakes the watch thread.
    pub(super) watch: Activator,
    /// Rung when somebody's commands change.
    pub(super) menus: Activator,
}

/// Makes the slices, in the order in which they are asked.
pub(super) fn build(config: &Config, catalogue: Arc<Catalogue>, options: &Options) -> Built {
    let (watch, menus) = (Activator::new(), Activator::new());
    let (zone, language) = (&config.watch.zone, config.people.language);
    let notifier = Notifier {
        catalogue,
        zone: zone.clone(),
        language,
        notify: config.watch.notify,
    };
    let (mtproto, eyes) = mtproto(config);
    let all: Vec<Arc<dyn Slice>> = vec![
        Arc::new(Watch::new(
            config.watch.clone(),
            notifier,
            eyes,
            watch.clone(),
            options.run_now,
        )),
        cards(config),
        assistant(config),
        mtproto,
        Arc::new(Admin::new(language, menus.clone())),
        Arc::new(Settings::new(config.watch.notify, menus.clone())),
        Arc::new(Home::new(menus.clone())),
    ];
    let wanted = all
        .into_iter()
        .filter(|slice| !options.without.contains(&slice.about().name));
    Built {
        slices: Slices::new(wanted.collect()),
        watch,
        menus,
    }
}

fn cards(config: &Config) -> Arc<dyn Slice> {
    if !config.cards.enabled {
        return Arc::new(Cards::dormant());
    }
    Arc::new(Cards::new(
        config.cards.clone(),
        &config.database,
        config.watch.zone.clone(),
        config.people.language,
    ))
}

fn assistant(config: &Config) -> Arc<dyn Slice> {
    let language = config.people.language;
    if !config.assistant.enabled {
        return Arc::new(AssistantOff { language });
    }
    let zone = config.watch.zone.clone();
    Arc::new(Assistant::new(config.assistant.clone(), zone, language))
}

/// The slice, and the eyes that it gives to the watch.
fn mtproto(config: &Config) -> (Arc<dyn Slice>, Eyes) {
    if !config.mtproto.enabled {
        return (Arc::new(Mtproto::dormant(None)), Eyes::default());
    }
    if let Some(missing) = config.mtproto.missing() {
        tracing::warn!("{missing}");
        return (Arc::new(Mtproto::dormant(Some(missing))), Eyes::default());
    }
    let mtproto = Mtproto::new(
        config.mtproto.clone(),
        config.secrets.clone(),
        config.watch.zone.clone(),
        config.people.language,
    );
    let eye: Arc<dyn Eye> = Arc::new(TelegramEye(mtproto.eye()));
    (Arc::new(mtproto), Eyes::new([eye]))
}
