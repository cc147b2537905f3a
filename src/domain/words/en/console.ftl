### The console's words in English.

plain = { $text }
first-then = { $first }; { $then }

## Panes

pane-segments = Segments
pane-versions = Versions
pane-seats = Seats
pane-installs = Installs
pane-title = { $name } ({ $n }) { $about }
title-marked = · { $n } marked
title-marked-hidden = · { $n } marked, { $hidden } hidden
pane-title-filtered = { $name } ({ $shown } of { $n }) { $about } /{ $filter }
title-filtered = { " " }· /{ $filter } ({ $n })

## Columns

column-id = Segment
column-name = Name
column-version = Version
column-remote = Platform
column-state = State
column-installed = Inst
column-installed-short = Inst
column-bound = Bound
column-bound-short = Bound
column-wanted-short = Want
column-size = Size
column-updated = Changed
column-seat = Seat
column-group = Group
column-ip = Address
column-tags = Tags
column-requested = Asked
column-segment = Segment
column-progress = Progress
column-percent = %
column-counts = Seats
column-by = By
column-deleted = Deleted
column-cause = Cause
column-until = Kept until
column-wave = Wave
column-op = What
column-message = Message
column-action = Action
column-key = Key
column-file = File
column-prefix = Prefix
column-goes-to = Goes to
column-does = What it does
counts = { $good }/{ $n }
counts-cancelled = { $good }/{ $n }, { $cancelled } cancelled
counts-bad = { $good }/{ $n }, { $bad } bad

## Platforms

remote-sdp = SDP
remote-store15s = 15s store

## States of a segment

state-create-pending = pending
state-create-processing = creating
state-create-retrying = retrying
state-create-succeeded = ready
state-removed = removed
state-create-failed = failed
state-deleting = deleting
state-delete-failed = not deleted
state-file-missing = missing
state-file-altered = altered

## States of an install

state-install-pending = pending
state-install-scheduled = scheduled
state-install-running = running
state-install-pausing = pausing
state-install-paused = paused
state-install-waiting = waiting
state-install-cancelling = cancelling
state-install-succeeded = succeeded
state-install-partial = partial
state-install-failed = failed
state-install-cancelled = cancelled
state-install-timed-out = timed out

## States of a seat

state-seat-queued = queued
state-seat-waiting = offline
state-seat-running = running
state-seat-succeeded = done
state-seat-already = was there
state-seat-not-applicable = not for it
state-seat-failed = failed
state-seat-timed-out = timed out
state-seat-skipped = skipped
state-seat-cancelled = cancelled
state-seat-unknown = unknown
op-install = install
op-uninstall = uninstall

## Nothing to show

empty-filtered = Nothing matches /{ $filter }. Esc takes the filter away.
empty-loading = Reading the records ({ $n } so far)
empty-stale = The store does not answer.
empty-stale-hint = It is tried again by itself; `segdeck doctor` checks every connection.
empty-segments = No segments yet.
empty-segments-hint = Press u to upload a .zip or .mpk file, or S to fetch what the platforms have.
empty-versions = No segment is selected.
empty-seats = No seats yet.
empty-seats-hint = Add some with `segdeck seat import FILE`.
empty-installs = No installs yet.
empty-installs-hint = Select a segment and press i.

## Status line

banner-demo = demo with { $n } simulated seats; u uploads more segments from { $samples }
status-live = LIVE
status-loading = LOADING ({ $n })
status-stale = STALE since { $since }: { $reason }
status-revision = rev { $revision }
status-frozen = FROZEN by { $who }: { $reason }
status-unreadable = { $n ->
        [one] 1 RECORD CANNOT BE READ (L tells why)
       *[other] { $n } RECORDS CANNOT BE READ (L tells why)
    }
status-read-only = READ-ONLY
lead-starting = election running
lead-you = you lead
left-open =
    This console led the controllers, with { $installs ->
        [one] 1 install
       *[other] { $installs } installs
    } and { $segments ->
        [one] 1 segment
       *[other] { $segments } segments
    } unfinished. They go on as soon as another console or `segdeck controller` leads.
lead-other = { $who } leads
lead-may-not = nobody leads, this console may not: { $reason }
lead-stood-back = nobody leads, this console stood back: { $reason }
lead-unknown = leader unknown
lead-aside = stepping down
filter-column = no column { $column }; with a colon in it, put the word in quotes
filter-column-beside = { $column } is counted from other records and cannot be filtered; o sorts by it
filter-column-nearest = no column { $column }; did you mean { $nearest }? With a colon in it, put the word in quotes
filter-too-long = the filter is too long
complaint = { $title }: { $text }
filter-label = { " " }/

## Actions; .short is for the line of keys

action-upload = Upload segment files
    .short = upload
action-install = Install: choose seats, see the plan, confirm
    .short = install
action-bind = Bind seats: choose whom the segment is meant for
    .short = bind
action-delete = Delete the segment, or all that are marked
    .short = delete
action-trash = The trash: what was deleted and can be brought back
    .short = trash
action-restore = Bring the entry of the trash back
    .short = restore
action-empty = Delete the entry of the trash for good
    .short = delete for good
action-sync = Data sync: compare both platforms with the records
    .short = sync
action-retry = Try what failed once more, or all that are marked
    .short = retry
action-pause = Pause the install, or resume it
    .short = pause
action-matrix = Seats against segments: what is meant to be there, and what is
    .short = matrix
action-drift-only = Show only what differs, or all
    .short = only drift
action-mend = See the plan that mends the cell
    .short = mend
action-retry-alike = Retry the seats that failed like this one
    .short = retry alike
action-next-wave = Begin the next wave now
    .short = next wave
action-cancel = Cancel the install
    .short = cancel
action-force-finish = Give the install up: its open seats become unknown
    .short = give up
action-freeze = Freeze: send nothing new to any seat; or lift that
    .short = freeze
action-why = Why: everything known about it
    .short = why
action-records = Its records as they are stored, in JSON
    .short = records
action-trail = Who did what to it
    .short = trail
action-copy = Copy the id, or those of all that are marked
    .short = copy id
action-export = Export the rows shown to a CSV file
    .short = export
action-export-json = Export the rows shown to a JSON file
    .short = export JSON
action-dump = Write the screen to files, as text and with colours
    .short = print
action-filter = Filter the rows
    .short = filter
action-sort = Sort by the next column
    .short = sort
action-columns = Columns: show, hide, sort by any
    .short = columns
action-open = Open, or confirm
action-back = Back; takes a filter away
    .short = back
action-up = Up
action-down = Down
action-page-up = A page up
action-page-down = A page down
action-first = To the first row
action-last = To the last row
action-left = The pane to the left
action-right = The pane to the right
action-next-pane = The next pane
    .short = next pane
action-previous-pane = The pane before
    .short = previous pane
action-segments = Show the segments
    .short = segments
action-versions = Show the versions of the selected prefix
    .short = versions
action-seats = Show the seats
    .short = seats
action-installs = Show the installs
    .short = installs
action-mark = Mark it, or take its mark away
    .short = mark
action-range = Begin a range, then end it
    .short = range
action-mark-shown = Mark all shown, or none of them
    .short = all
action-invert = Turn the marks of all rows shown around
    .short = invert
action-choose = Name seats: seat-001..seat-500, group:NAME, tag:NAME; a pasted list works too
    .short = by name
action-from-bound = Begin with the bound seats
    .short = bound
action-from-installed = Begin with the installed seats
    .short = installed
action-edit = Edit prefix, version, name and description
    .short = edit
action-leave-out = Leave the file out, or take it in again
    .short = leave out
action-yes = Yes
    .short = yes
action-no = No
    .short = no
action-other-button = The other button
    .short = other button
action-copy-command = Copy the command line
    .short = copy command
action-rollout = How the seats are taken: waves, limits, gates, when
    .short = waves
action-skip-blocked = Leave the blocked seats out, or take them in again
    .short = skip blocked
action-skip-offline = Leave the seats out that are offline, or take them in again
    .short = skip offline
action-complete = Complete what is typed
    .short = complete
action-next-field = The next field
    .short = next field
action-previous-field = The field before
action-log = The log
    .short = log
action-palette = All actions and ids, by a few letters
    .short = actions
action-help = All keys
    .short = help
action-theme = Choose the colours
    .short = theme
action-language = Switch the language: English, 简体中文
    .short = language
action-redraw = Draw the screen anew
    .short = redraw
action-suspend = Leave to the shell until fg
    .short = suspend
action-quit = Quit
    .short = quit

## What a key does in one place, for the line of keys

hint-open = open
hint-confirm = confirm
hint-plan = see the plan
hint-bind = bind
hint-do = do it
hint-into = into the folder
hint-look-over = look over
hint-to-list = to the list
hint-done = done
hint-undo = undo
hint-upload = upload
hint-take-in = take in
hint-more = more
hint-behind = run on behind
hint-cancel = cancel
hint-show-hide = show or hide
hint-remove-held = remove what is held
hint-keep = keep it
hint-close = close
hint-stop = stop
hint-others = to the others

scope-panes = Panes
scope-list = Tables and texts
scope-global = Everywhere
scope-chooser = Choosing seats
scope-columns = Choosing columns
scope-files = Choosing files
scope-upload = Files of an upload
scope-fields = Fields of a form
scope-detail = One install
scope-why = Why
scope-matrix = Seats against segments
scope-trash = The trash
scope-confirm = Questions
scope-text = Text fields
scope-overlay = Boxes

title-help = Keys
help-filter = Filter: every word must match; capital letters count where you type one. column:value looks in one column, !word must not match, ~word matches letters in order.

## Why an action is not possible now

reason-read-only = Nothing can be changed here: this console is read-only.
reason-older-program = Nothing can be changed here: a newer segdeck wrote these records. Install the newer version.
reason-look-only = Nothing can be changed here: { $store } lets its user only look. Ask for the right to write.
reason-nothing-selected = Nothing is selected.
reason-no-rows = There are no rows to export.
reason-mark-where = Only segments and seats are marked: go to 1, 2 or 3.
reason-no-failed-seat = Choose a seat that failed, in the box of its install.
reason-no-drift = Here all is as it is meant to be.
reason-no-matrix = Choose a cell of the matrix first.
reason-no-trash = Choose an entry of the trash first.
reason-no-plan = No plan is open.
reason-none-blocked = No seat is blocked.
reason-blocked = Some seats are blocked: leave them out, or mend what is in the way.
reason-empty-plan = There is nothing to do.
reason-none-offline = No seat is offline.
reason-no-segment = No segment is selected.
reason-no-seats = There are no seats yet; add some with `segdeck seat import FILE`.
reason-being-deleted = { $id } is being deleted.
reason-cannot-deploy = { $id } is in the 15s store, which cannot install; only SDP segments (.zip) can.
reason-removed = { $id } was removed from its platform; it can only be uninstalled: press i.
reason-not-published = { $id } is not on its platform yet; w tells why.
reason-installed = { $id } is installed on { $n ->
        [one] 1 seat
       *[other] { $n } seats
    }; uninstall it first: i, then unmark all.
reason-being-installed = { $id } is being installed ({ $record }); wait or cancel that first.
reason-delete-where = Only segments are deleted: go to the segments (1) or versions (2).
reason-not-failed = Nothing of { $id } has failed.
reason-not-finished = The install is not finished yet.
reason-no-wave = No wave of it is left to begin.
reason-nothing-failed = No seat of this install has failed.
reason-no-install = No install is selected; they are in pane 4.
reason-finished = The install is finished.
reason-uploading = The upload is under way; what is sent stays as it is.
reason-cancelling = The install is being cancelled already.

## News

toast-sent = Sent.
toast-no-shell = No shell waits behind this console; q quits it.
toast-copied = Copied { $what }
toast-copied-n = { $n ->
        [one] Copied 1 id
       *[other] Copied { $n } ids, a line each
    }
toast-none-of-marked = { $n ->
        [one] { $reason }
       *[other] None of the { $n } marked: { $reason }
    }
toast-batch-running = It is still running; Esc stops it.
toast-batch-deleting = { $left ->
        [0] Being deleted: { $n }.
       *[other] Being deleted: { $n }; stopped before the other { $left }.
    }
toast-batch-retrying = { $left ->
        [0] Tried again: { $n }.
       *[other] Tried again: { $n }; stopped before the other { $left }.
    }
toast-command-copied = Copied the command line
toast-cancelling = Cancelling.
toast-no-such-path = There is no such file or folder.
toast-uploaded = Uploaded { $id }; next it is published.
toast-all-uploaded = Uploaded { $n } files; next they are published.
toast-not-all-uploaded = { $done } of { $n } uploaded; u tells why.
toast-mark-files = Only files are marked; Enter goes into a folder.
toast-paste-too-long = More than 1 MiB was pasted; nothing of it was taken.
toast-choose-files = Choose a file, or mark several with Space.
toast-pasted = { $n } lines pasted; each counts as a marked file.
toast-file-refused = The file is refused: there is nothing to edit.
toast-still-reading = The file is still being read.
toast-files-open = { $n ->
        [one] 1 file is still being looked at; wait, or leave it out with Space.
       *[other] { $n } files are still being looked at; wait, or leave them out with Space.
    }
toast-no-file-ready = No file is ready to be uploaded.
toast-upload-cancelled = The upload was cancelled; nothing is left of it.
toast-bound = { $prefix } is now meant for { $n ->
        [one] 1 seat
       *[other] { $n } seats
    }.
toast-deleting = { $id } is being deleted.
toast-restored = { $id } is back and is being published again.
toast-emptying = { $id } is being emptied from the trash.
toast-retrying = { $id } is tried again.
toast-resumed = The install goes on.
toast-next-wave = The next wave begins.
toast-paused = The install pauses: no further seat is started.
toast-force-finished = The install is given up; its open seats are unknown.
toast-frozen = Frozen: nothing new is sent to any seat; what runs comes to its end.
toast-unfrozen = No longer frozen: seats are sent again.
toast-type-reason = Type why first; the audit trail keeps it.
toast-cancelled = The install is being cancelled.
toast-install-retried = The failed seats are tried again.
toast-installing = { $id }: install requested.
toast-nothing-to-do = { $id }: nothing to do, nothing written.
toast-exported = Written to { $file }
toast-dumped = The screen is in { $file }; with colours in the .ansi beside it
toast-saved = Too long for the clipboard: written to { $file }
toast-type-word = Type { $word } to go on, or press Esc.
title-not-bound = The seats were not bound
title-not-deleted = It was not deleted
title-not-restored = It was not restored
title-not-emptied = It was not emptied
title-not-retried = It was not tried again
title-not-controlled = The install did not take the command
title-not-frozen = The freeze was not changed
title-not-exported = The rows were not exported
title-not-dumped = The screen was not written
title-not-saved = It was not copied
title-not-installed = The install was not begun

## Upload: choosing files

title-files = Upload: which files?
files-path = File:
files-none-marked = Enter takes the file that is typed or under the cursor.
files-marked = { $n ->
        [one] 1 file marked
       *[other] { $n } files marked
    }; Enter goes on with { $n ->
        [one] it
       *[other] them
    }.
files-hint = Type a path, or Down and Space mark several; pasted lines are marked too.
files-nothing = No .zip or .mpk file lies here.
files-more = and { $n } more; type the beginning of a name

## Upload: looking files over

title-review = { $n ->
        [one] Upload: look it over
       *[other] Upload: look { $n } files over
    }
verdict-waiting = waiting
verdict-read = being read
verdict-reading = reading { $n }%
verdict-refused = refused
verdict-no-prefix = no prefix
verdict-wrong-prefix = wrong prefix
verdict-no-version = no version
verdict-wrong-version = wrong version
verdict-twice = twice
verdict-exists = exists
verdict-asking = asking
verdict-unanswered = store is away
verdict-ready = ready
verdict-ready-missing = ready, { $n } missing
verdict-left-out = left out
verdict-queued = waits
verdict-under-way = under way
verdict-uploading = uploading { $n }%
verdict-uploaded = uploaded
verdict-failed = failed
verdict-cancelled = cancelled
why-exists = { $id } exists already. Give it another version (Tab), or leave the file out (Space).
why-twice = { $other } becomes { $id } too. Give one of them another version (Tab), or leave one out (Space).
why-unanswered = The store was asked whether it exists: { $reason }
why-left-out = It is left out; Space takes it in again.
why-cancelled = It was cancelled; nothing of it is left.
becomes = { $id } on { $remote }
container = { $kind }, { $n ->
        [one] 1 entry
       *[other] { $n } entries
    }, { $size } unpacked
requires-missing = { $what }: missing, { $reason }
requires-beside = { $what }: not there yet; { $file } is in this upload
requires-unknown = whether they are there is not known: { $reason }
requires-unread = whether they are there is not known yet: the records are being read
button-reading = { $n ->
        [one] Wait: 1 file is being looked at
       *[other] Wait: { $n } files are being looked at
    }
button-upload = { $n ->
        [0] Nothing to upload
        [one] Upload 1 file
       *[other] Upload { $n } files
    }
upload-not = { $n } not: { $why }
upload-more-commands = and { $n } more
upload-facts-more = { $n ->
        [one] 1 more line
       *[other] { $n } more lines
    }

## Upload: under way, and its end

title-uploading = Uploading
title-uploaded = Upload: what became of it
upload-which = { $n ->
        [one] { $file }
       *[other] { $file } ({ $at } of { $n })
    }
upload-copying = Copying
upload-checking = Checking the copy
upload-recording = Making the record
upload-cancelling = Cancelling
upload-moved = { $phase }: { $done } of { $total }
upload-speed = { $moved }, { $speed }/s
upload-left = { $moved }, { $left } left
span-seconds = { $s } s
span-minutes = { $m } min { $s } s
span-hours = { $h } h { $m } min
upload-brief = uploading { $which } { $percent }%

## Choosing seats

title-choose-install = Install { $id }: which seats shall have it?
title-choose-bind = Bind { $prefix }: which seats is it meant for?
seats-loading = Reading the seats
seats-loading-ahead = Reading the seats; { $n ->
        [one] 1 key waits
       *[other] { $n } keys wait
    } (Esc forgets them)
counter-marked = { $n ->
        [one] 1 seat
       *[other] { $n } seats
    } wanted
counter-hidden = { $n } of them hidden by the filter
counter-hidden-short = { $n } hidden
counter-install = install { $n }
counter-uninstall = uninstall { $n }
counter-meanwhile = meanwhile +{ $n } -{ $gone }
counter-bind = new { $n }
counter-unbind = no longer { $n }
counter-range = range: move, then v

## Seats by an expression

choice-label = { " " }Seats:{ " " }
choice-forms = seat-001..seat-500 group:NAME tag:NAME !seat-007
choice-marks = marks { $n }, unmarks { $gone }
choice-unknown = marks { $n }, unmarks { $gone }; unknown: { $unknown }
toast-chosen = { $n } marked, { $gone } unmarked.
toast-chosen-not-all = { $n } marked, { $gone } unmarked; unknown, so left out: { $unknown }
title-not-chosen = Unknown seats, left out ({ $unknown })

## Plan

title-plan = Plan for { $id }
reason-plan-failed = There is no plan: see why above; another way to take the seats may mend it
plan-loading = Comparing
plan-n-install = install on { $n }
plan-n-uninstall = uninstall from { $n }
plan-n-unchanged = unchanged { $n }
plan-n-blocked = blocked { $n }
plan-n-left-out = left out { $n }
plan-n-upgrade = { "  " }upgrades from { $id }: { $n }
plan-n-downgrade = { "  " }downgrades from { $id }: { $n }
plan-n-offline = offline { $n }; they wait until they come
question-more-lines = { $n ->
        [one] 1 line more
       *[other] { $n } lines more
    }, for a larger terminal
plan-more = { " " }and { $n } more
plan-wave = wave { $wave }: { $n ->
        [one] 1 seat
       *[other] { $n } seats
    }
plan-wave-at-once = , { $n } at once
plan-wave-stops = , stops when more than { $most } fail
plan-wave-asks = , then waits for your word
plan-wave-waits = , then waits { $time }
plan-command = The same as a command:
plan-command-cut = and more; press { $key } to copy all of it
plan-empty = Nothing to do: every wanted seat has it. Esc goes back.
plan-all-left-out = Nothing is left to do: all of it is left out. Esc goes back.
plan-blocked = { $key } leaves the blocked seats out. Esc goes back.
plan-type-word = { $n } seats lose it. Type { $word }:
plan-type-install = { $n } seats. Type { $word }:
plan-sent = Sent
plan-list-blocked = Blocked:
plan-list-left-out = Left out:
plan-list-uninstall = Uninstall from:
plan-list-install = Install on:
plan-list-offline = Offline:
crumb-seats = seats
crumb-plan = plan
crumb-install = install

## How an install takes its seats

title-rollout = How the seats are taken
rollout-default = as the settings say
rollout-canary-none = none before others
rollout-start-at-none = at once
plan-outdated = What this plan rests on has changed meanwhile. Esc, then Enter, makes it anew.
plan-past = this is past: it begins at once
rollout-expire-at-none = whenever
rollout-waves = Waves
rollout-max-failures = Failures
rollout-gates = Gates
rollout-at-once = At once
rollout-canary = First
rollout-start-at = Begin at
rollout-expire-at = Not after
rollout-waves-help = Up to where each wave goes, in seats or as a part of all: 1,10%,100%
rollout-max-failures-help = A wave stops when more of its seats fail, by wave, the last entry for the rest: 0,2%
rollout-gates-help = What must be after each wave: open goes on, ask waits for your word, 10m waits so long: ask,10m,open
rollout-at-once-help = Seats of a wave in work at once, by wave: 1,50
rollout-canary-help = Which seats come first: so many, or auto for one of each group, architecture and version
rollout-start-at-help = No seat is sent before: 2h for in two hours, or a moment by your clock like 2026-11-30 22:00
rollout-expire-at-help = No seat begins after: 8h for in eight hours, or a moment by your clock like 2026-12-01 06:00

## Questions

button-no = No
button-install = Yes, do it
button-delete = Delete
button-restore = Restore
button-retry = Try again
button-next-wave = Begin the wave
button-bind = Bind them
button-cancel = Cancel the install
button-cancel-upload = Cancel the upload
button-unfreeze = Yes, send again
button-remove = Remove
button-quit = Quit
ask-delete = Delete { $id }?
ask-type-word = Type { $word }, then Enter:
ask-bind = Bind { $prefix }?
bind-to = { $n ->
        [0] It is meant for no seat any more.
        [one] It is meant for 1 seat from now on, all versions of { $prefix }.
       *[other] It is meant for { $n } seats from now on, all versions of { $prefix }.
    }
bind-new = - new: { $n } ({ $seats })
bind-gone = - no longer: { $n } ({ $seats })
bind-changed = Somebody changed the list meanwhile: answer no and look at it again.
bind-what = Nothing is installed or uninstalled by that.
ask-retry = Try seats of { $id } once more?
retry-seats = { $n ->
        [one] 1 seat that failed, timed out or is unknown.
       *[other] { $n } seats that failed, timed out or are unknown.
    }
retry-alike = Those that ended for a reason like this one: { $reason }
ask-command = The same as a command; { $key } copies it:
ask-freeze = Send nothing new to any seat?
freeze-what = No install sends a seat any more, whoever asked for it, until the freeze is lifted. What runs comes to its end.
freeze-running = { $n ->
        [0] No install is unfinished now.
        [one] 1 install is unfinished now.
       *[other] { $n } installs are unfinished now.
    }
ask-unfreeze = Send seats again?
freeze-by = Frozen by { $who } since { $since }: { $reason }
ask-batch-delete = { $n ->
        [one] Delete 1 segment?
       *[other] Delete { $n } segments?
    }
ask-batch-retry = { $n ->
        [one] Publish 1 segment once more?
       *[other] Publish { $n } segments once more?
    }
batch-more = and { $n } more
batch-files = { $size } of files, and the segments on their platforms
batch-left-out = { $n ->
        [one] 1 marked segment is left out:
       *[other] { $n } marked segments are left out:
    }
batch-progress = { $n } of { $all }
batch-stopping = No more are begun; waiting for those on their way.
batch-stopped = { $n } were not begun.
batch-refused = Not done: { $n }
title-batch-delete = Deleting segments
title-batch-retry = Publishing once more
delete-remote = - the segment on { $remote }
delete-file = - its file ({ $size })
delete-installs = - { $n ->
        [one] 1 install with its log
       *[other] { $n } installs with their logs
    }
delete-binding = - the { $n } bound seats of { $prefix }: this is its last version
delete-trash = Record, file and bound seats go to the trash: until { $until } they can be brought back.
delete-trash-kept = Record, file and bound seats go to the trash: they can be brought back until it is emptied.
delete-stays = What stays: the audit trail and the history of the seats.
ask-restore = Restore { $id }?
restore-record = - its record, and its bound seats unless seats are bound now
restore-anew = - a record, read from the file: nothing else is known of it
restore-published = It is published again unless its platform still has it. Installs do not come back.
ask-empty = Delete { $id } for good?
empty-for-good = Nothing of it can be brought back after that.
empty-content = - what the trash knows of it
ask-cancel = Cancel the install of { $id }?
cancel-open = { $n ->
        [one] 1 seat is
       *[other] { $n } seats are
    } not done yet and will not be.
cancel-done = { $n } done; that stays as it is.
ask-next-wave = Begin the next wave of { $id }?
next-wave-which = Wave { $wave } of { $waves } is sent without waiting for the gate before it.
next-wave-so-far = So far { $good } of { $of } seats done, { $bad } not.
ask-force-finish = Give up the install of { $id }?
force-open = { $n ->
        [one] 1 seat becomes unknown, whatever becomes of it
       *[other] { $n } seats become unknown, whatever becomes of them
    } on the platform.
force-stays = The installed lists stay as they are; nothing more is sent or looked up.
force-type-reason = Type why, then Enter:
ask-held = Remove what is held?
held-n = { $remote }: { $n } gone there, still here
held-what = They are removed here, installed or not.
ask-cancel-upload = Cancel the upload?
cancel-upload-nothing-left = Nothing is left of the file on its way; the others are not begun.
cancel-upload-stays = What is uploaded already stays.
ask-quit = Quit?
quit-upload = An upload is running; it would be cancelled.

## Data sync

title-sync = Data sync
sync-asking = Asking
sync-running = Comparing
sync-nobody = Waiting: nobody leads at the moment.
sync-failed = It failed; S tries again: { $reason }
sync-equal = No difference.
sync-added = added { $n }
sync-removed = removed { $n }
sync-held = held until you confirm: { $n }
sync-refetched = files fetched again { $n }
sync-item-seats = on { $n ->
    [one] 1 seat
   *[other] { $n } seats
}: { $seats }
sync-item-failed = failed { $n }
sync-confirm-hint = Enter asks whether to remove what is held.

## Seats against segments

title-matrix = Seats against segments
title-matrix-drift = Seats against segments: only what differs
matrix-counts = { $seats ->
    [one] 1 seat
   *[other] { $seats } seats
 }, { $segments ->
    [one] 1 segment
   *[other] { $segments } segments
 }, { $drifts ->
    [0] nothing differs
    [one] 1 cell differs
   *[other] { $drifts } cells differ
 }
matrix-empty = No segment is bound to a seat or installed on one.
matrix-no-drift = Nothing differs: what is bound is installed, and nothing else.
matrix-missing = missing
matrix-cell-none = { $seat }, { $prefix }: neither bound nor installed
matrix-cell-missing = { $seat }, { $prefix }: bound, and not installed
matrix-cell-extra = { $seat }, { $prefix }: { $version } is installed, and the seat is not bound
matrix-cell-removed = { $seat }, { $prefix }: { $version } is installed, but was removed from its platform
matrix-cell-good = { $seat }, { $prefix }: { $version } is installed, as bound
matrix-cell-free = { $seat }, { $prefix }: { $version } is installed; no seat is bound to it
toast-none-to-install = No version of { $prefix } can be installed now.

## The trash

title-trash = Trash
trash-empty = The trash is empty.
trash-count = { $n ->
        [one] 1 entry
       *[other] { $n } entries, newest first
    }
trash-more = The { $shown } newest entries; `segdeck trash list` pages through { $more } older ones
cause-delete = deleted
cause-sync = data sync
cause-sweep = sweep
trash-emptying = being emptied
trash-kept = until emptied
trash-deleted = { $id }: deleted { $at } by { $by }
trash-synced = { $id }: gone from its platform, put here { $at } by { $by }
trash-swept = { $id }: a file without a record, put here { $at } by { $by }
trash-until = kept until { $at }
trash-until-emptied = kept until it is emptied

## One install

title-install = Install of { $id }
install-by = { $who }, { $at }
notice-install = { $id }: the install has ended, { $good } of { $n } seats are as wanted
install-silent = { $seat } has told nothing since { $at }
install-alike = { $n ->
    [one] 1 seat:
   *[other] { $n } seats:
 }
install-more-reasons = { $n ->
        [one] 1 more reason
       *[other] { $n } more reasons
    }
install-speed = { $n } a minute
install-left = { $time } left
install-wave = wave { $n } of { $of }
install-attempt = attempt { $n }
install-gone = This install is gone: its segment was deleted.
install-loading = Reading the seats

## Log

title-log = Log
log-empty = Nothing has been logged yet.
log-error = ERROR
log-warn = WARN
log-info = INFO
log-debug = DEBUG

## Themes and languages

title-columns = Columns
title-themes = Theme
toast-theme = The theme is { $name } from now on.
toast-language = English
toast-not-remembered = This lasts until the console ends: { $why }

## Palette

title-palette = Actions and ids
palette-empty = No action, segment, seat or install is called that.

## Why

title-pending = And then
title-records = Records of { $what }
title-trail = Who did what to { $what }
records-loading = Reading the store
trail-empty = Nobody has done anything to it, as far as the trail goes back.
trail-before = before:
trail-after = after:
title-why = Why: { $what }
fact-state = State
fact-gone = gone
fact-reason = Reason
fact-file-found = Its file
fact-file-missing = missing from shared storage. Put it back there and run `segdeck segment verify { $id }`, or delete the segment and upload it again.
fact-file-altered = altered in shared storage: its bytes are not those that were uploaded. Put the right file back and run `segdeck segment verify { $id }`, or delete the segment and upload it again.
fact-attempts = Attempt
fact-next-try = Next try
fact-waits-for = Waits for
fact-owner = Driven by
fact-try = Try
fact-n-of-m = { $n } of { $of }
fact-deadline = Deadline
fact-progress = Last progress
fact-usual = Usual time
usual-in-time = { $mean }
usual-overdue = { $mean }, this one is over that by { $over }
waits-leader = a leader: no process drives the controllers at the moment
waits-turn = its turn: the leader has it on its list
waits-following = the leader, to follow `{ $command }`
waits-next-try = the next try at { $at }
waits-answer = the answer of { $remote } to operation { $operation }
waits-seats = { $n } of { $of } seats: their task runs
waits-online = { $n } of { $of } seats: they are not online
waits-start = its time: it begins at { $at }
waits-window = its maintenance window: it opens at { $at }
waits-thaw = the end of the freeze; `segdeck unfreeze` lifts it
waits-gate = the gate after wave { $wave } of { $waves }
waits-gate-until = the gate after wave { $wave } of { $waves }, which opens at { $at }
waits-paused = { $n ->
        [0] an operator: it is paused
       *[other] an operator: it is paused; { $n } of { $of } seats still run
    }
fact-name = Name
fact-type = Type
fact-vendor = Vendor
fact-remote = Platform
fact-description = Description
fact-becomes = Becomes
fact-requires = Requires
fact-conflicts = Conflicts
fact-archs = For
fact-container = Packed as
fact-read-from = Read from
fact-not-understood = Not understood
fact-sha256 = SHA-256
fact-md5 = MD5
fact-uid = Uid there
fact-more = More
fact-on-it = Installed
fact-bound-to-it = Meant for it
fact-history = Last there
fact-file = File
fact-origin = Origin
fact-local = uploaded here
fact-found = found on its platform by data sync
fact-seats = Seats
fact-seat-counts = installed on { $installed }, bound to { $bound }
fact-segment = Segment
fact-created = Asked by
fact-updated = Last change
fact-finished = Finished
fact-note = Note
fact-is-bound = bound
fact-is-installed = installed
fact-is-coming = being installed
fact-is-going = being uninstalled
fact-has-not = neither bound nor installed
