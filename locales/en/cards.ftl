# Product cards: checking that a thing is genuine, making a card, printing its code.
kept-scans = checks of cards: the code, and the name and number of whoever checked
rows-scan = checks of cards
scan-genuine = ✅ Genuine. Check no. { $n }, first checked on { $first }.
scan-repeat = ✅ Genuine. You have just checked it: this look does not count. Checks: { $n }, first checked on { $first }.
scan-often = ℹ️ A code can be copied. If the thing is new and others have checked it already, ask the seller.
scan-inactive = ⚠️ This code is not active now. It does not prove that the thing is genuine: ask the seller.
scan-recalled = ⛔️ This thing was recalled. Do not use it, and ask the seller.
scan-stolen = ⛔️ This thing or its label was stolen. It is not proved to be genuine.
scan-unknown = ❌ There is no such code. If it is printed on a thing, that looks like a counterfeit: ask the seller.
scan-mistyped = ✏️ The code is mistyped: it has 18 letters and digits, such as <code>0123-4567-89AB-CDEF-GH</code>. Look again and send it once more.
scan-refused = ⏳ Too many codes that do not exist. Try again in 10 minutes.
card-packaged = In its package
card-shared = 🔗 This card was shared. That is no check of a thing: for one, scan the code on the thing itself.
card-shared-gone = There is no such card.
button-cards = 🏷 My cards
button-card-add = ➕ Add a card
button-card-skip = Skip
button-card-save = ✅ Make the card
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
    Made: { $made }
    Code: { $code }
card-links =
    Link in the QR code: { $scan }
    To share (does not count as a check): { $share }
card-is-active = active
card-is-inactive = switched off
card-made = The card is made
card-qr-caption = QR code: { $name }. Print the file as it is, without changing its shape.
card-labels =
    🖨 Labels of about { $mm } mm with their margins, the code beside. Choose the size, the paper and the printer's resolution.

    In truth, mm: { $real }
card-labels-caption = Labels. Print at 100 %.
card-preview = 👁 As a buyer sees it
card-second-taken = 📷 The second photo of the album is taken as the photo in its package.
card-ask-photo =
    🏷 <b>A new card</b> · step { $step } of { $steps }

    Send a photo of the thing: as a photo, or a picture as a file.
card-ask-name =
    🏷 Step { $step } of { $steps }

    What is it called? Up to { $name } characters.
card-ask-description =
    🏷 Step { $step } of { $steps }

    Describe it. Up to { $description } characters.
card-ask-packaged =
    🏷 Step { $step } of { $steps }

    Send a photo of it in its package, or skip this.
card-ask-consent =
    🏷 Step { $step } of { $steps }

    Is everything right?
card-expected-photo = A photo is needed here: send it as a photo, or a picture as a file.
card-expected-name = A name is needed here: a text of 1 to { $name } characters.
card-expected-description = A description is needed here: a text of 1 to { $description } characters.
card-expected-packaged = A photo in its package is needed here. Without one: “Skip”.
card-expected-consent = Only “Make the card” is left, or a step back.
card-photo-too-large = The file is too large: up to { $mb } MB.
card-photo-too-many-pixels = This picture has too many pixels: up to 32 million. Make it smaller and send it again.
card-photo-too-narrow = This picture is too narrow: one side is more than 20 times longer than the other.
card-photo-no-picture = This is no picture that I can read. A JPEG, PNG or WebP file is needed.
card-photo-out-of-reach = The picture could not be fetched. Send it again.
cards-stats =
    📊 <b>Cards</b>

    All: { $cards }
    Active: { $active }
    Checks: { $checks }
    Different people: { $people }
cards-top = Checked most:
cards-top-line = • { $name } — { $checks }
deed-cards-make = card made
deed-cards-on = card switched on
deed-cards-off = card switched off
kind-cards = 🏷 Cards
button-batches = 📦 Batches
button-batch-add = ➕ A new batch
batches = 📦 <b>Batches</b>: { $name }. In a batch each thing has a code of its own.
batch-button = { $name } · { $codes } · checks { $checks }
batch =
    📦 <b>{ $name }</b>

    Codes: { $codes }
    Checks: { $checks }
batch-ask = The name of the batch and how many things it has, such as <code>summer 100</code>. Up to { $most }.
batch-expected = A name and a number from 1 to { $most } are needed here, such as <code>summer 100</code>.
batch-known = There is such a batch already. Another name is needed.
scan-suspicious = ⚠️ The owner finds this code suspicious: it may have been copied. Ask the seller.
card-alarm =
    🚨 <b>{ $name }</b>, no. { $serial }: different people check its code

    In a day: { $day }
    In all: { $ever }

    The label may have been copied.
button-alarm-ignore = Never mind
button-alarm-suspicious = ⚠️ Suspicious
button-alarm-recall = ⛔️ Recall
alarm-done-ignore = ✅ You will hear no more of this code.
alarm-done-suspicious = ⚠️ Whoever checks this code will be warned.
alarm-done-recall = ⛔️ The thing is recalled: whoever checks its code is told so.
button-cards-chart = 📈 Chart
cards-chart = 📈 Checks in { $days } days: { $checks }
cards-chart-none = Nothing was checked in the last days.
cards-chart-title = Checks of cards
cards-chart-per-day = Checks a day
scan-own = 📌 This thing has been yours since { $since }.
scan-others = ⚠️ Since { $since } this thing has been somebody else's. If you are buying it, ask the seller.
button-claim = 📌 This thing is mine
button-card-share = 🔗 Share
scan-claimed = 📌 The thing is noted as yours. If somebody else checks its code, the owner of the card hears of it. The note is kept until you delete your data: /delete_me
scan-not-claimed = This thing cannot be noted as yours now: it is somebody's already, or its code is not active, or you have not checked it yet.
outcome-genuine = ✅ genuine
outcome-repeat = ✅ once more, not counted
outcome-inactive = ⏸ not active
outcome-recalled = ⛔️ recalled
outcome-stolen = 🚨 stolen
outcome-unknown = ❌ no such code
outcome-mistyped = ✏️ mistyped
outcome-refused = ⏳ too often
code-is-active = active
code-is-inactive = not active
code-is-recalled = the thing is recalled
code-is-stolen = stolen
button-code-active = ▶️ Active
button-code-inactive = ⏸ Not active
button-code-recalled = ⛔️ Recall
button-code-stolen = 🚨 Stolen
button-code-free = 📌 Make it nobody's
button-code-watch = 🔔 Take the marks off
button-card-code = 🔢 Code
button-card-edit = ✏️ Change
button-card-scans = 📜 Checks
button-card-find = 🔎 Find
button-cards-off = ⏸ Switched off
button-scans-csv = 📥 Checks, CSV
button-units = 🔢 Codes
units = 🔢 <b>{ $name }</b>: codes by the numbers of things
code-of-batch = { $card } · { $batch } no. { $serial }
code-screen =
    🔢 <b>{ $name }</b>

    Code: { $code }
    State: { $state }
    Checks: { $checks }
    The first: { $first }
code-claimed = 📌 Noted as the thing of { $who } since { $since }
code-suspicious = ⚠️ Marked as suspicious: whoever checks it is warned.
code-ignored = 🔕 Checks of this code are not reported.
cards-find = 🔎 Write a part of the name, or the code of a thing.
cards-found = 🔎 “{ $text }”: cards found { $n }
cards-list-off = ⏸ <b>Cards switched off</b>: { $n }
card-button-off = ⏸ { $name } · { $checks }
card-edit = ✏️ <b>{ $name }</b>: what is to be changed?
card-edit-name = ✏️ The new name: up to { $name } characters.
card-edit-description = ✏️ The new description: up to { $description } characters.
card-edit-photo = ✏️ Send the new photo: as a photo, or a picture as a file.
card-edit-packaged = ✏️ Send the new photo in its package: as a photo, or a picture as a file.
card-edit-now = Now
card-edit-raced = ✋ Somebody else has changed this meanwhile. Now it is “{ $now }”. To replace it all the same, answer once more.
card-edit-raced-photo = ✋ Somebody else has changed the photo meanwhile. To replace it all the same, send it once more.
card-changed = ✅ Changed
button-edit-name = Name
button-edit-description = Description
button-edit-photo = Photo
button-edit-packaged = Photo in its package
button-edit-unpackaged = No photo in its package
scans = 📜 The last checks: <b>{ $name }</b>
scans-none = 📜 <b>{ $name }</b>: nobody has checked it yet.
scans-line = { $at } · { $outcome } · { $who }
scans-line-of-batch = { $line } · { $batch } no. { $serial }
scans-caption = 📥 Checks, the newest first, up to { $most } rows. The file has names of people: keep it as personal data.
card-alarm-claimed =
    🚨 <b>{ $name }</b>, no. { $serial }: the thing is one person's, and another one checked its code

    People in a day: { $day }
    In all: { $ever }

    The label may have been copied, or the thing sold.
card-tries = 🚨 { $who } (<code>{ $id }</code>) tries codes that do not exist: { $n } in 10 minutes. While this goes on, no codes are looked up for this person.
alarm-done-watch = 🔔 Checks of this code are reported again.
labels-size = { $mm } mm
labels-size-chosen = ✓ { $mm } mm
deed-cards-edit = card changed
deed-cards-code = decision about a code
backup-without-photos = 📷 Photos of cards are not in the file: <code>vakhta backup copy.db</code>, where the bot runs, copies them too.
kept-files = under which numbers Telegram has photos of cards, without people
rows-sent_file = numbers of files
button-card-open = 🔗 Open in the bot
button-cards-csv = 📥 Cards, CSV
cards-caption = 📥 All cards: code, link, checks.
