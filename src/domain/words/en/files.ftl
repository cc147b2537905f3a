### What is wrong with a segment file, and with the places where files and records lie.

## Where files lie

storage-unavailable = shared storage { $url } is not available: { $reason }
storage-full = shared storage { $url } is full: { $reason }; make room there, or move it to a larger place
storage-no-file = shared storage { $url } has no file { $key }
file-unreadable = the file cannot be read: { $reason }
storage-cancelled = cancelled
storage-too-large = the file is larger than { $max } bytes (setting upload.max_file_size)

## Where records lie

store-unavailable = { $store } is not available: { $reason }
store-unknown = { $store } did not answer a change, so it may or may not be done: { $reason }
store-denied = { $store } refuses us: { $reason }
store-compacted = revision { $revision } is compacted away
store-too-large = a request is too large for the store: { $reason }
store-invalid = a request makes no sense to the store: { $reason }
store-corrupt = the record { $key } cannot be read: { $reason }
store-not-leader = this process no longer leads the controllers

## What the platforms answer

remote-answered = { $remote } ({ $endpoint }) answered { $call } with { $code }: { $message }

## Files of the operator

source-part = { $file } is named like a part of a split archive; join the parts first, or pack it again in one piece
source-no-segment = { $file } is no segment file: its name must end in .zip (for SDP) or .mpk (for the 15s store)
path-unreadable = { $path } cannot be read: { $reason }
path-dangling = { $path } cannot be read: { $reason }; it is a link that leads nowhere
path-missing = { $path } cannot be read: { $reason }; look at its name and its folder
path-forbidden = { $path } cannot be read: { $reason }; ask its owner for the right to read it
path-folder = { $path } is a folder, not a file; pack it first, and give the .zip or .mpk
path-pipe = { $path } is a pipe, not a file; write what comes out of it to a file first, and give that
path-device = { $path } is a device or a socket, not a file; write what it holds to a file first, and give that
reading-broke-off = reading broke off: { $error }
reading-file-broke-off = reading the file broke off: { $error }
upload-other-content = { $file } has another content than expected: its sha256 is { $found }, not { $expected }; look at it again
path-unwritable = { $path } cannot be written: { $reason }
no-current-folder = there is no current folder: { $error }
