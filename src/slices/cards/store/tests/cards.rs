//! Cards: found, listed and changed.

use super::*;

#[tokio::test]
async fn cards_are_found_by_name_and_by_code_and_changed() {
    let store = Store::new();
    let work = store.write(|tx| {
        let (first, code) = card(tx)?;
        let (second, _) = card(tx)?;
        assert!(change(
            tx,
            first,
            &CardChange::Name("Ёлочный ШАР".to_owned())
        )?);
        assert!(!change(
            tx,
            first,
            &CardChange::Name("Ёлочный ШАР".to_owned())
        )?);
        change(tx, first, &CardChange::Description("d".to_owned()))?;
        change(tx, first, &CardChange::Photo("q".to_owned()))?;
        change(tx, first, &CardChange::Packaged("r".to_owned()))?;
        let changed = get(tx, first)?.unwrap();
        assert_eq!(
            (changed.description.as_str(), changed.photo.as_str()),
            ("d", "q")
        );
        assert_eq!(changed.packaged.as_deref(), Some("r"));
        change(tx, first, &CardChange::Packaged(String::new()))?;
        assert_eq!(get(tx, first)?.unwrap().packaged, None);

        let ids = |which: &CardFilter, offset| -> anyhow::Result<_> {
            let (cards, total) = page(tx, which, offset, 1)?;
            Ok((
                cards.into_iter().map(|card| card.id).collect::<Vec<_>>(),
                total,
            ))
        };
        let named = CardFilter::Named("ёлочный ш".to_owned());
        assert_eq!(ids(&named, 0)?, (vec![first], 1));
        assert_eq!(ids(&CardFilter::Active, 1)?, (vec![first], 2));
        set_active(tx, first, false)?;
        assert_eq!(ids(&named, 0)?, (vec![first], 1));
        assert_eq!(ids(&CardFilter::Active, 0)?, (vec![second], 1));
        assert_eq!(ids(&CardFilter::Inactive, 0)?, (vec![first], 1));
        let (found, id) = find(tx, &code)?.unwrap();
        assert_eq!((found.id, id), (first, shared(tx, first)?.id));
        assert_eq!(find(tx, &Code::draw()?)?, None);
        Ok(())
    });
    work.await;
}
