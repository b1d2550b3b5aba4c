### Product cards: scans, making a card, codes and labels.

## Scans, making a card, batches, statistics.

kept-scans = checks of cards: the code, and the name and id of the person who checked
rows-scan = checks of cards
scan-genuine = ✅ Genuine. Check no. { $n }, first checked on { $first }.
scan-repeat = ✅ Genuine. You have just checked it: this check does not count. Checks: { $n }, first checked on { $first }.
scan-often = ℹ️ A code can be copied. If the item is new and others have already checked it, ask the seller.
scan-inactive = ⚠️ This code is not active now. It does not prove that the item is genuine: ask the seller.
scan-recalled = ⛔️ This item has been recalled. Do not use it, and ask the seller.
scan-stolen = ⛔️ This item or its label was stolen. It is not proven genuine.
scan-unknown = ❌ There is no such code. If it is printed on an item, the item is probably a counterfeit: ask the seller.
scan-mistyped = ✏️ The code is mistyped: a code has 18 letters and digits, such as <code>0123-4567-89AB-CDEF-GH</code>. Check it and send it again.
scan-refused = ⏳ Too many codes that do not exist. Try again in 10 minutes.
card-packaged = In its package
card-shared = 🔗 This is a shared card. It does not check an item: to do that, scan the code on the item itself.
card-shared-gone = There is no such card.
button-cards = 🏷 My cards
button-card-add = ➕ Add a card
button-card-skip = Skip
button-card-save = ✅ Create the card
button-card-qr = QR code
button-card-labels = 🖨 Labels
button-card-show = 👁 As a buyer sees it
button-card-off = ⏸ Switch off
button-card-on = ▶️ Switch on
button-labels-a4 = A4
button-labels-single = Single
cards-none = 🏷 There are no cards yet.
cards-list = 🏷 <b>My cards</b>: { $n }
card-button = { $name } · { $checks }
card-screen =
    🏷 <b>{ $name }</b>

    State: { $state }
    Checks: { $checks }
    People: { $people }
    Created: { $made }
    Code: { $code }
card-links =
    Link in the QR code: { $scan }
    To share (does not count as a check): { $share }
card-is-active = active
card-is-inactive = switched off
card-made = The card is created
card-qr-caption = QR code: { $name }. Print the file as it is, without stretching it.
card-labels =
    🖨 Labels of about { $mm } mm with margins, with the code next to the picture. Choose the size, the paper and the printer's resolution.

    Actual size, mm: { $real }
card-labels-caption = Labels. Print at 100 %.
card-preview = 👁 As a buyer sees it
card-second-taken = 📷 The second photo of the album is used as the photo in the package.
card-ask-photo =
    🏷 <b>A new card</b> · step { $step } of { $steps }

    Send a photo of the item, as a photo or as a picture file.
card-ask-name =
    🏷 Step { $step } of { $steps }

    What is it called? Up to { $name } characters.
card-ask-description =
    🏷 Step { $step } of { $steps }

    Describe it. Up to { $description } characters.
card-ask-packaged =
    🏷 Step { $step } of { $steps }

    Send a photo of it in its package, or skip this step.
card-ask-consent =
    🏷 Step { $step } of { $steps }

    Is everything right?
card-expected-photo = Please send a photo, as a photo or as a picture file.
card-expected-name = Please send a name of 1 to { $name } characters.
card-expected-description = Please send a description of 1 to { $description } characters.
card-expected-packaged = Please send a photo of it in its package, or press “Skip”.
card-expected-consent = Press “Create the card”, or go a step back.
card-photo-too-large = The file is too large: the limit is { $mb } MB.
card-photo-too-many-pixels = This picture has too many pixels: the limit is 12 million, or 32 million in an ordinary JPEG. Make it smaller and send it again.
card-photo-too-narrow = This picture is too narrow: one side is more than 20 times longer than the other.
card-photo-no-picture = I cannot read this picture. Please send a JPEG, PNG or WebP file.
card-photo-out-of-reach = The picture could not be fetched. Send it again.
cards-stats =
    📊 <b>Cards</b>

    Total: { $cards }
    Active: { $active }
    Checks: { $checks }
    Different people: { $people }
cards-top = Most checked:
cards-top-line = • { $name } — { $checks }
button-batches = 📦 Batches
button-batch-add = ➕ A new batch
batches = 📦 <b>Batches</b>: { $name }. In a batch, each item has its own code.
batch-button = { $name } · { $codes } · checks { $checks }
batch =
    📦 <b>{ $name }</b>

    Codes: { $codes }
    Checks: { $checks }
batch-ask = Send the name of the batch and the number of items, such as <code>summer 100</code>. Up to { $most }.
batch-expected = Please send a name and a number from 1 to { $most }, such as <code>summer 100</code>.
batch-known = A batch with this name already exists. Choose another name.
scan-suspicious = ⚠️ The owner marked this code as suspicious: it may have been copied. Ask the seller.
card-alarm =
    🚨 <b>{ $name }</b>, no. { $serial }: different people are checking its code

    In a day: { $day }
    In total: { $ever }

    The label may have been copied.
button-alarm-ignore = Never mind
button-alarm-suspicious = ⚠️ Suspicious
button-alarm-recall = ⛔️ Recall
alarm-done-ignore = ✅ However many people check it, you will hear no more, except when a claimed item is checked by somebody else.
alarm-done-suspicious = ⚠️ Everybody who checks this code will be warned.
alarm-done-recall = ⛔️ The item is recalled: everybody who checks its code will be told.
button-cards-chart = 📈 Chart
cards-chart = 📈 Checks in { $days } days: { $checks }
cards-chart-none = Nothing was checked in the last few days.
cards-chart-title = Checks of cards
cards-chart-per-day = Checks per day
scan-own = 📌 This item has been yours since { $since }.
scan-others = ⚠️ This item has been somebody else's since { $since }. If you are buying it, ask the seller.
button-claim = 📌 This item is mine
button-card-share = 🔗 Share
scan-claimed = 📌 The item is marked as yours. If somebody else checks its code, the owner of the card is told. The mark is kept until you delete your data: /delete_me
scan-not-claimed = This item cannot be marked as yours now: it already belongs to somebody, or its code is not active, or you have not checked it yet.
outcome-genuine = ✅ genuine
outcome-repeat = ✅ repeated, not counted
outcome-inactive = ⏸ not active
outcome-recalled = ⛔️ recalled
outcome-stolen = 🚨 stolen
outcome-unknown = ❌ no such code
outcome-mistyped = ✏️ mistyped
outcome-refused = ⏳ too often
code-is-active = active
code-is-inactive = not active
code-is-recalled = recalled
code-is-stolen = stolen
button-code-active = ▶️ Active
button-code-inactive = ⏸ Not active
button-code-recalled = ⛔️ Recall
button-code-stolen = 🚨 Stolen
button-code-free = 📌 Clear the owner
button-code-watch = 🔔 Clear the marks
button-card-code = 🔢 Code
button-card-edit = ✏️ Change
button-card-scans = 📜 Checks
button-card-find = 🔎 Find
button-cards-off = ⏸ Switched off
button-scans-csv = 📥 Checks, CSV
button-units = 🔢 Codes
units = 🔢 <b>{ $name }</b>: codes by item number
code-of-batch = { $card } · { $batch } no. { $serial }
code-screen =
    🔢 <b>{ $name }</b>

    Code: { $code }
    State: { $state }
    Checks: { $checks }
    First check: { $first }
code-claimed = 📌 Belongs to { $who } since { $since }
code-suspicious = ⚠️ Marked as suspicious: everybody who checks it is warned.
code-ignored = 🔕 Checks of this code are not reported, except when a claimed item is checked by somebody else.
cards-find = 🔎 Send part of the name, or the code of an item.
cards-found = 🔎 “{ $text }”: cards found: { $n }
cards-list-off = ⏸ <b>Cards switched off</b>: { $n }
card-button-off = ⏸ { $name } · { $checks }
card-edit = ✏️ <b>{ $name }</b>: what should be changed?
card-edit-name = ✏️ The new name: up to { $name } characters.
card-edit-description = ✏️ The new description: up to { $description } characters.
card-edit-photo = ✏️ Send the new photo, as a photo or as a picture file.
card-edit-packaged = ✏️ Send the new photo in the package, as a photo or as a picture file.
card-edit-now = Now
card-edit-raced = ✋ Somebody else has changed this in the meantime. Now it is “{ $now }”. To replace it anyway, answer again.
card-edit-raced-photo = ✋ Somebody else has changed the photo in the meantime. To replace it anyway, send it again.
card-changed = ✅ Changed
button-edit-name = Name
button-edit-description = Description
button-edit-photo = Photo
button-edit-packaged = Photo in its package
button-edit-unpackaged = No photo in its package
scans = 📜 Latest checks: <b>{ $name }</b>
scans-none = 📜 <b>{ $name }</b>: nobody has checked it yet.
scans-line = { $at } · { $outcome } · { $who }
scans-line-of-batch = { $line } · { $batch } no. { $serial }
scans-caption = 📥 Checks, newest first, up to { $most } rows. The file contains names: treat it as personal data.
card-alarm-claimed =
    🚨 <b>{ $name }</b>, no. { $serial }: the item belongs to one person, and another one checked its code

    People in a day: { $day }
    In total: { $ever }

    The label may have been copied, or the item sold.
card-tries = 🚨 { $who } (<code>{ $id }</code>) keeps trying codes that do not exist: { $n } in 10 minutes. Until this stops, no codes are looked up for this person.
alarm-done-watch = 🔔 Checks of this code are reported again.
labels-size = { $mm } mm
labels-size-chosen = ✓ { $mm } mm
backup-without-photos = 📷 Card photos are not in the file. To copy them too, run <code>vakhta backup copy.db</code> on the machine where the bot runs.
button-card-open = 🔗 Open in the bot
button-cards-csv = 📥 Cards, CSV
cards-caption = 📥 All cards: code, link, checks.

## The size of labels.

button-labels-other = 📏 Another size
labels-ask = 📏 How long should a side of the code be, with margins? Send a number of millimetres from { $least } to { $most }.
labels-expected = Please send a number of millimetres from { $least } to { $most }: phones cannot read smaller codes.
