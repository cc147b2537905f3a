### What the rules of the domain say: names, filters, rollouts, what stands in a plan's way.

## Names

name-prefix = the prefix
name-version = the version
name-seat = the seat id
name-empty = { $what } is empty
name-too-long = { $what } is { $bytes } bytes long; { $max } are allowed
name-character = { $what } may hold letters, digits and . _ - + only, not { $character }
no-revision = { $text } is no revision; write it as a list prints it, N or INCARNATION:N
name-leading-dot = { $what } may not begin with a dot
name-no-at = { $text } is no segment id; it is written PREFIX@VERSION
name-no-record = { $text } is no record id (26 letters and digits)
requirement-written = { $error }; it is written PREFIX or PREFIX >=VERSION
name-sdp = sdp
name-store15s = store15s

## Times, and how the seats of an install are taken

span-wrong = { $text } is no duration; write it like 500ms, 10s, 5m or 1h
moment-ahead-wrong = { $text } is no moment; write it like 2026-11-01, 2026-11-01T08:00:00Z or 2h for in two hours
moment-here-wrong = { $text } is no moment; write it like 2026-11-01 08:00, by your clock, or 2h for in two hours
moment-past-wrong = { $text } is no moment; write it like 2026-11-01, 2026-11-01T08:00:00Z or 2h for two hours ago
schedule-deadline = { $name } is 1s to 365d
schedule-expired = it would expire at { $at }, before it begins
share-wrong = { $text } is neither a number nor a percentage like 10%
percent-wrong = { $text } is no percentage like 10%
gate-wrong = { $text } is no gate: open, ask, or a time like 10m
number-wrong = { $text } is no number
canary-wrong = { $text } is neither a number of seats nor auto
waves-too-many = { $n } waves; { $max } are allowed
waves-entries = { $name } has { $entries } entries for { $waves } waves
waves-name-max-failures = max-failures
waves-name-gates = gate
waves-name-at-once = at-once
waves-no-seats = a wave of no seats; write it like 1,10%,100%
waves-fall = the wave up to { $next } comes after the one up to { $one }; each goes further than the last
waves-none-at-once = no seats at once; at least 1
gate-between-waves = a gate stands between waves; say --waves or --canary

## What stands in the way of a plan

fits-doubt-requires = { $id } says it requires "{ $text }", which cannot be read and is not checked
fits-doubt-conflicts = { $id } says it conflicts with "{ $text }", which cannot be read and is not checked
fits-installed = { $id } (installed)
fits-coming = { $id } (being installed)
fits-leaving = { $id } (being taken off)
fits-both = { $one } and { $other }
fits-needs = it needs { $required }, which is not installed
fits-needs-other = it needs { $required }, but there is { $instead }
fits-conflicts = it conflicts with { $other }
fits-is-refused = { $other } conflicts with it
fits-replaces = it replaces { $old }, but { $other } needs { $needed }
fits-needed = { $other } needs { $needed }
