### What is answered to a request that is not done, and why this process may not lead.

## Somebody else was faster

changed-by = { $what } was changed by { $who } at { $at } ({ $action }); look again and repeat
changed-meanwhile = { $what } was changed by somebody else meanwhile; look again and repeat
what-install = install { $record }
what-seat = seat { $id }
what-plan = what the plan for { $id } rests on
what-bound = the list of bound seats of { $prefix }
what-freeze = the freeze
what-sync = data sync of { $remote }
what-storage = who owns the shared storage
what-sweep = the sweep of shared storage
what-adopt = the platform of { $remote }
what-import = a seat of this import
what-history = the history of seats
what-installed = what is installed on { $seat }

## Installs

no-install = there is no install { $record }; `segdeck installs list` shows what there is
install-is-gone = install { $record } is gone
install-of-is-gone = install { $record } of { $id } is gone
none-alike = no seat of install { $record } ended for a reason like { $alike }
seat-is-busy = install { $other } of { $of } works on seat { $seat }; wait for it or cancel it
control-refused-run = install { $record } is { $state } and cannot be resumed; { $may }
control-refused-pause = install { $record } is { $state } and cannot be paused; { $may }
control-refused-cancel = install { $record } is { $state } and cannot be cancelled; { $may }
control-refused-retry = install { $record } is { $state } and cannot be retried; { $may }
control-refused-next = install { $record } is { $state } and cannot be let through to its next wave; { $may }
control-none-failed = no seat of it failed
control-wait-for-end = wait until it has ended
control-retry-it = it can be retried
control-done = it is done
control-is-cancelled = it is being cancelled
control-too-early = its time has not come: it can be let through once it has begun
control-no-wave = no wave of it is left
control-resume-it = it can be resumed or cancelled
control-not-paused = it is not paused
install-state-pending = pending
install-state-scheduled = scheduled
install-state-running = running
install-state-paused = paused
install-state-waiting = waitingGate
install-state-succeeded = succeeded
install-state-partial = partial
install-state-failed = failed
install-state-cancelled = cancelled
install-state-timed-out = timedOut
force-needs-reason = say why the install is finished by force: the audit trail keeps it
force-ended = install { $record } is { $state } already; there is nothing to finish
force-needs-word = this gives up { $n } seat(s) of install { $record } as unknown, whatever becomes of them on the platform; say so with --yes
retry-expired = install { $record } expired at { $at }; ask for a new install
retry-mend = a retry cannot leave seats out: mend it, or ask for a new install with --skip-blocked
retry-overtaken = { $n } seat(s) have another version of { $prefix } by now, { $seats }; { $advice }
retry-came-since = { $id } came there since ({ $how })
by-install = install { $record }
seat-because = { $seat }: { $reason }
listed = { $first }, { $then }
install-segment-deleted = the install { $record } is gone: its segment { $id } was deleted

## Plans and what is asked for

block-outside = outside its maintenance windows, the next opens at { $at }
warn-wait-for-windows = { $n } seat(s) wait for their maintenance windows, the first opens at { $at }
warn-more-doubts = { $n } more of what segments say cannot be read and is not checked
block-no-device = { $remote } knows no device { $ip }
block-no-seat = there is no such seat
block-arch = it is for { $archs }, the seat is { $arch }
block-install = install { $record } works on it
warn-devices-not-asked = whether the devices are online was not asked: { $error }
warn-devices-unknown = whether the devices are online is not known: { $remote } did not list them within { $seconds } s
no-seat-in-group = no seat is in group { $group }
plan-cannot-deploy = { $id } belongs to { $remote }, which cannot install on seats
is-being-deleted = { $id } is being deleted
plan-removed = { $id } was removed from the platform and cannot be installed any more; where it is installed, `segdeck install { $id } --none` uninstalls it
plan-not-created = { $id } could not be published ({ $reason }); `segdeck segment retry { $id }` tries again
plan-not-published = { $id } is not published yet ({ $state }); wait for it
create-state-pending = pending
create-state-processing = processing
create-state-succeeded = succeeded
create-state-failed = failed
left-out-offline = it is offline
warn-one-wave = all { $n } seat(s) are of one wave: no gate holds any of them
nothing-left = nothing is left to do: { $n } seat(s) are left out, { $seat }: { $reason }; mend that, or ask without leaving seats out
blocked-lists-them = `segdeck plan` lists them, --skip-blocked leaves them out
uninstall-needs-word = this uninstalls { $id } from { $n } seats; say so with --yes
seats-unknown = { $n } seat(s) are unknown: { $seats }; `segdeck seat add` or `seat import` adds them
seats-are-busy = install { $record } works on { $n } of these seats, { $seat } for one; wait for it or cancel it
seats-are-blocked = { $n } of { $of } seats are blocked; { $advice }
seats-are-blocked-named = { $n } of { $of } seats are blocked, { $seats }; { $advice }
rollback-not-there = { $id } is not installed there
rollback-no-history = its history tells of no version of { $prefix } before { $id }

## Segments and their files

no-segment = there is no segment { $id }; `segdeck segment list` shows what there is
segment-is-removed = { $id } was removed from the platform and has no record any more, but seats still have it; `segdeck install { $id } --none --yes` uninstalls it from all of them, `--remove SEAT` from some
delete-installed = { $id } is installed on { $n } seat(s): { $seats }; uninstall it first
delete-busy = { $id } is being installed or uninstalled on { $n } seat(s): { $seats } (install { $installs }); wait for it or cancel it
retry-not-failed = the creation of { $id } is { $state }; only a failed one can be retried
segment-exists = segment { $id } exists; delete it first or upload another version
verify-being-deleted = { $id } is being deleted, and its file with it
verify-other-bytes = { $key } has other bytes than were uploaded; { $mend }
verify-other-size = { $key } has { $size } bytes instead of { $total }; { $mend }
verify-missing = { $key } is not in { $url }; { $mend }
verify-mend = `segdeck segment verify --repair { $id }` fetches it again from its platform; or put the right file back there and verify it again, or delete { $id } and upload it again
is-gone = { $name } is gone
requires-no-segment = there is no segment { $prefix }
requires-only = there is only { $segments }
requires-not-published = not published yet: { $segments }
and-more = { $list } and { $n } more
upload-not-published = uploaded, but publishing failed: { $reason }; `segdeck segment retry { $id }` tries again
download-broke-off = download of { $id } broke off: { $error }
refetch-not-there = the file of { $id } cannot be fetched again: { $remote } does not have it any more
refetch-other-there = the file of { $id } cannot be fetched again: on { $remote } it has sha256 { $told } instead of { $wanted }
refetch-too-large = the download of { $id } has more bytes than the { $size } of its record; nothing was taken
download-other-content = the download of { $id } has sha256 { $found }, but { $remote } says { $told }

## Freeze, data sync, standing

seen-before-step-back = the store was restored or emptied since you looked; look again, then decide
freeze-needs-reason = a freeze needs a reason: others will ask for it
frozen-already = frozen already, by { $by } since { $since }: { $reason }
no-freeze = there is no freeze
format-newer = the records of { $store } have layout { $theirs }, written by a newer segdeck; this one knows layout { $ours } and may only look: install the newer version
remote-not-configured = { $remote } is not configured; set { $remote }.endpoint
no-remote-configured = no remote is configured; set sdp.endpoint or store15s.endpoint
other-storage = the files of { $store } lie in another shared storage (id { $theirs }) than { $url } (id { $ours }); set storage.url to the one the others use
no-storage-there = the files of { $store } lie in another shared storage (id { $theirs }) than { $url }, where there is none; is it mounted? Else set storage.url to the one the others use
storage-of-other-site = shared storage { $url } belongs to another site ({ $owner }) than the records of { $store } ({ $site }); check store.prefix, store.backend, store.endpoints and storage.url. If this store is meant to own it: `segdeck storage adopt --reason TEXT`
storage-not-named = shared storage { $url } (id { $ours }) is in use, but the records of { $store } do not name it; check store.prefix, store.backend, store.endpoints and storage.url. If this store is meant to own it: `segdeck storage adopt --reason TEXT`
storage-without-id = shared storage { $url } holds files but no segdeck-storage.json that says whose they are, and the records of { $store } name no storage; check storage.url. If this store is meant to own them: `segdeck storage adopt --reason TEXT`
storage-not-settled = who owns the shared storage changed meanwhile; it is looked at again
adopt-needs-reason = an adoption needs a reason: it goes into the audit trail
other-platform = { $endpoint } is platform { $found }, but the records of { $remote } belong to platform { $pinned }; nothing is driven. Set { $remote }.endpoint to that one, or, if this one takes its place, run `segdeck remote adopt { $remote } --reason TEXT`
other-platform-knows-none = { $endpoint } (platform { $found }) has none of the segments that the records of { $remote } say are there (platform { $pinned }); nothing is driven. Set { $remote }.endpoint to the platform they came from, or, if this one takes its place, run `segdeck remote adopt { $remote } --reason TEXT`
held-adopted = its platform was adopted in place of another one and does not have it; `segdeck sync --yes` removes it
held-empty = the platform's list came back empty; `segdeck sync --yes` removes it
held-all = sync.hold is "all"; `segdeck sync --yes` removes it
held-installed = installed on { $n ->
    [one] 1 seat
   *[other] { $n } seats
}, and sync.hold is "installed"; `segdeck sync --yes` removes it
held-limit = it would be one of { $n } of { $all } removed within 7 days ({ $recent } so far), more than { $percent }%; `segdeck sync --yes` removes it
platform-anonymous = without an identity
remote-adopt-needs-reason = adopting a platform needs a reason: others will ask for it

## The trash

trash-no-entry = the trash has no entry { $which }; `segdeck trash list` shows what there is
storage-full-trash = the trash holds { $n } entries with { $bytes } bytes: `segdeck trash empty --yes` makes room
trash-several = the trash has { $n } entries of { $id }: { $entries }; name one of them by its own id
trash-no-content = shared storage { $url } has no { $key }: what the trash knew of the segment is gone
trash-bad-content = { $key } in shared storage { $url } cannot be read: { $error }; put it back from a backup
trash-other-content = what lies beside entry { $entry } in shared storage is not about { $id }; it was changed by hand
trash-being-emptied = { $id } (entry { $entry }) is being emptied from the trash; it cannot be restored any more
restore-exists = { $id } exists; delete it first, or keep the entry in the trash
restore-no-file = the file of { $id } is not in shared storage { $url } ({ $key }), so it cannot be restored; put it back there, or upload the segment again
controllers-disabled = controllers.enabled is false in its settings
process-read-only = nothing is changed: this process is read-only (`ui.read_only` is true in its settings, or `--read-only` was given); `segdeck config show` tells where that was set
may-not-lead-read-only = it is read-only
stood-back-silence = for { $span } the store took no read or no change of this process
another-store-drives = another store with the same records drives this storage; stop one of the two, or run `segdeck storage adopt --reason ...` on the one that is meant to have it
may-not-lead-disabled = controllers.enabled is false in the settings

## Seats

no-seat = there is no seat { $id }; `segdeck seat list` shows what there is
seat-exists = seat { $id } exists; `segdeck seat import` changes it
seat-has-address = seat { $id } has the address { $ip } already
seat-added-meanwhile = seat { $id } was added by somebody else meanwhile
seat-has-segments = { $n } segment(s) are installed on seat { $id }, { $on } for one; uninstall them, or `segdeck seat forget` a scrapped seat
seats-same-id = seat { $id } is given twice; nothing was imported
seats-same-address = seats { $one } and { $other } have the same address { $ip }; nothing was imported
seats-no-platform = no platform is configured that says what is installed; set sdp.endpoint
seats-stopped = stopped before all seats were looked at
seat-strange-uid = no segment here has the uid { $uid }; `segdeck sync` brings it in
