//! What whole-bot tests, benches and fuzz targets use of the program. Everything else is visible
//! within the crate only, so the compiler sees what is dead.

pub mod app {
    pub use crate::app::{App, Options, Outcome};
}

pub mod cli {
    pub use crate::cli::accounts_of_csv;
}

pub mod clock {
    pub use crate::clock::{Clock, DAY, UnixMs, days};
}

pub mod config {
    pub use crate::config::{Config, Source};
}

pub mod db {
    pub use crate::db::{Connection, Db, InstanceLock, WriteTx};
}

pub mod demo {
    pub use crate::demo::{
        Behaviour, ChatMessage, DeviceSeen, Fault, ModelReply, Person, PretendDatacenter,
        PretendModel, PretendSite, PretendTelegram, Room, Subscriber, WireFault, Written,
    };

    pub mod datacenter {
        pub use crate::demo::datacenter::{API_HASH, API_ID};
    }

    pub mod model {
        pub use crate::demo::model::{KEY, ModelCall, answer_to};
    }

    pub mod site {
        pub use crate::demo::site::CONTROL;
    }

    pub mod wire {
        pub use crate::demo::wire::{Answer, Request, Server, head};
    }

    pub mod world {
        pub use crate::demo::world::{QUIET_MONTH, QUIET_SCHEDULE, accounts, catalogue};
    }
}

pub mod html {
    pub use crate::html::{Html, cut};
}

pub mod http_client {
    pub use crate::http_client::{
        DEFAULT_USER_AGENT, SiteClientConfig, own_client, site_client, telegram_client,
    };
}

pub mod http_server {

    pub mod tokens {
        pub use crate::http_server::tokens::{Scope, add, make, revoke};
    }
}

pub mod i18n {
    pub use crate::i18n::{Args, Lang, html, label};
}

pub mod people {
    pub use crate::people::{Actor, KEPT, Role, admit, bound, get, meet, set_role};

    pub mod audit {
        pub use crate::people::audit::page;
    }
}

pub mod slices {

    pub mod assistant {

        pub mod model {
            pub use crate::slices::assistant::model::{Ended, Reading};
        }
    }

    pub mod cards {

        pub mod card {
            pub use crate::slices::cards::card::CodeState;
        }

        pub mod code {
            pub use crate::slices::cards::code::Code;
        }

        pub mod photo {
            pub use crate::slices::cards::photo::Photos;
        }

        pub mod store {
            pub use crate::slices::cards::store::{
                CardFilter, NewCard, add, add_batch, get, last_scans, page, scan, set_state,
                shared, sums, top,
            };
        }
    }

    pub mod watch {
        pub use crate::slices::watch::{Catalogue, list_of_owner};

        pub mod catalogue {
            pub use crate::slices::watch::catalogue::Listing;
        }

        pub mod model {

            pub mod account {
                pub use crate::slices::watch::model::account::{
                    AccountState, MassDecision, RunCounts, RunScope, RunState, Until,
                };
            }

            pub mod config {
                pub use crate::slices::watch::model::config::BrokenEntries;
            }

            pub mod verdict {
                pub use crate::slices::watch::model::verdict::Sighting;
            }
        }

        pub mod site {
            pub use crate::slices::watch::site::Site;
        }

        pub mod store {
            pub use crate::slices::watch::store::{
                AccountQuery, Added, Breaker, Import, Imported, NewAccount, RunProgress, add, ask,
                begin_import, days, export_runs, get, is_running, last, mass_changes,
                note_imported, open_requests, page, progress, request_run, set_breakers, totals,
            };
        }

        pub mod verdict {
            pub use crate::slices::watch::verdict::{
                AnswerHeaders, Proof, SiteAnswer, Traits, judge,
            };
        }
    }
}

pub mod tasks {
    pub use crate::tasks::Tasks;
}

pub mod telegram {
    pub use crate::telegram::{Pace, decode, inbox_counts};

    pub mod outbox {
        pub use crate::telegram::outbox::{counts, is_quiet};
    }
}

pub mod zone {
    pub use crate::zone::Zone;
}
