### What is wrong with a segment file, and with the places where files and records lie.

## Where files lie

storage-unavailable = shared storage { $url } is not available: { $reason }
storage-full = shared storage { $url } is full: { $reason }; make room there, or move it to a larger place
storage-no-file = shared storage { $url } has no file { $key }
file-unreadable = the file cannot be read: { $reason }
storage-cancelled = cancelled
storage-too-large = the file is larger than { $max } bytes (setting upload.max_file_size)
storage-doing = { $doing } { $what }: { $error }
doing-creating = creating
doing-writing = writing
doing-syncing = syncing
doing-reading-back = reading back
doing-reading = reading
doing-opening = opening
doing-copying = copying
doing-promoting = promoting
doing-deleting = deleting
doing-looking-at = looking at
doing-listing = listing
storage-mount = mount it for writing, or set storage.url to another place
storage-rights = give this user the right to read and write there, or set storage.url to another place
storage-refused = { $path } in shared storage { $url } { $why }
storage-link = is a link, and no link is followed there: put the files themselves in its place, or set storage.url to the folder that holds them
storage-not-a-file = is not a regular file: move it out of there
storage-not-a-folder = is not a folder: move it out of there
storage-object-too-large = is larger than such a file ever is: put it back from a backup, or move it out of there
storage-taken = exists already, and no file is ever replaced: try again
storage-identity-busy = somebody else is changing which site it belongs to; try again in a minute
storage-no-bucket = there is no such bucket; make it, or set storage.url to the right one
storage-came-back-different = what was written came back different

## Where records lie

store-silent = { $store } does not answer
store-unavailable = { $store } is not available: { $reason }
store-unknown = { $store } did not answer a change, so it may or may not be done: { $reason }
store-denied = { $store } refuses us: { $reason }
store-no-space = { $store } has no room for changes: { $reason }
store-make-space = compact it, defragment it and disarm its alarm: `etcdctl compact`, `etcdctl defrag`, `etcdctl alarm disarm`
store-compacted = revision { $revision } is compacted away
store-too-large = a request is too large for the store: { $reason }
store-invalid = a request makes no sense to the store: { $reason }
store-corrupt = the record { $key } cannot be read: { $reason }
store-not-leader = this process no longer leads the controllers
store-at-host = { $host }: { $why }
store-no-answer = no answer within { $time }
store-asks-certificate = if it asks for a certificate, set store.cert_file and store.key_file
store-lease-ended = the lease has ended
store-certificate-rights = { $reason }; give the user of our certificate the right to read and write below { $root }
store-wants-user = { $reason }; it wants a user: set store.username and store.password_file
store-user-not-enabled = user { $user }: { $reason }; remove store.username, or enable it there
store-user-rights = user { $user }: { $reason }; grant its role the right to read and write below { $root }
store-user-check = user { $user }: { $reason }; check store.username and store.password_file
store-watch-refused = the watch was refused: { $reason }
store-watch-not-confirmed = the watch was not confirmed
store-watch-not-begun = the watch ended before it began
store-watch-was-ended = the watch was ended: { $reason }
store-watch-ended = the watch ended
store-renewal-ended = the renewal stream ended
store-tls-untrusted = its certificate is not to be trusted ({ $why }); check store.ca_file and the host name
store-tls-ended = TLS ended with { $alert }; check store.cert_file and store.key_file
store-file-moved = the file was moved, removed or replaced while it was open; start segdeck again
store-cannot = cannot { $doing }: { $error }
store-kept-busy = another process kept it busy ({ $doing })
store-disk-full = the disk is full ({ $doing }); free some space
store-damaged = the file is damaged ({ $doing }: { $error }); stop everything that uses it and put a copy back
store-thread-ended = its thread has ended
store-many-wait = too many changes wait for the disk
store-disk-slow = the disk, or another process that writes, took too long
store-lease-lost = lease { $lease } is lost; nothing was changed
store-read-ended = a read ended early: { $error }
doing-create-folder = create its folder
doing-look-at-file-system = look at its file system
doing-look-at-folder = look at its folder
doing-create = create it
doing-open = open it for reading and writing
doing-look-at = look at it
doing-read-boot-id = read this machine's boot id
doing-start-thread = start its thread
doing-commit = commit
doing-read = read
doing-begin = begin a transaction
doing-write = write
doing-open-it = open it
doing-read-it = read it
doing-create-tables = create its tables
doing-switch-to-wal = switch it to write-ahead logging
doing-limit = limit it

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
own-file-line = { $path }:{ $line }: { $why }
theme-none = there is no theme { $name }; set ui.theme to one of: { $known }
theme-none-write = there is no theme { $name }; set ui.theme to one of: { $known }, or write { $path }
theme-line = theme { $name }, line { $line }: { $why }
theme-base = base names a theme
theme-no-base = there is no theme { $name } to build on
theme-no-role = { $role } is no role
theme-role = { $role }: { $why }
theme-no-colour = { $text } is no colour
theme-missing = the role { $role } is missing; write it, or build on a theme: { $base } = "default"

## Why an entry of an archive is refused for its name

name-entry-empty = is empty; rename it
name-entry-nul = holds a NUL character; rename it
name-entry-backslash = holds a backslash; rename it
name-entry-bom = begins with a byte order mark; rename it
name-entry-encoding = is written neither in UTF-8 nor in GB18030; rename it
name-entry-control = holds a control character; rename it
name-entry-turns = holds a character that turns text around; rename it
name-entry-absolute = is an absolute path; rename it
name-entry-drive = begins with a drive; rename it
name-entry-stream = is that of a stream on Windows (:$); rename it
name-entry-empty-part = has an empty part (//); rename it
name-entry-dot = has a part that says nothing (.); rename it
name-entry-dot-dot = leads out of its folder (..); rename it
name-entry-ends-in-dot = has a part that ends in a dot or a space, which Windows leaves out; rename it
name-entry-device = is reserved for a device on Windows; rename it
name-entry-self = is that of the folder that was packed itself; rename it
name-entry-alike = differs from another's only in case or in how a character is written; rename it
name-entry-twice = is there twice; leave one of them out
name-entry-file-and-folder = is that of a file and of a folder at once; rename it
name-entry-no-utf8 = is said to be in UTF-8, and is not; rename it
name-entry-unicode = is another in its Unicode field, so two programs would see two names; rename it

## Why an entry of an archive is refused

entry-file-and-folder = is a file by its kind and a folder by its name; pack the segment again, into a new file
entry-link-target = has the target of a link and is none; pack the segment again, into a new file
entry-no-name = is a file without a name; pack the segment again, into a new file
entry-setuid = is setuid; take that bit away (chmod u-s)
entry-setgid = is setgid; take that bit away (chmod g-s)
entry-no-size = says no size; pack the segment again, into a new file
entry-two-sizes = says two sizes; pack the segment again, into a new file
entry-folder-size = is a folder and has a size; pack the segment again, into a new file
entry-hard-link = is a hard link; pack the file itself (tar --hard-dereference)
entry-link-tar = is a symbolic link; pack the file that it leads to (tar --dereference)
entry-device = is a device; leave it out
entry-pipe = is a pipe; leave it out
entry-socket = is a socket; leave it out
entry-sparse = is a sparse file; pack it whole (tar without --sparse)
entry-label = is the label of a volume; pack without a label
entry-incremental = belongs to an incremental backup; pack without --listed-incremental
entry-kind-disputed = is of a kind that no two programs agree about; pack the segment again, into a new file
entry-folder-name-file-mode = is a folder by its name and a file by its mode; pack the segment again, into a new file
entry-file-name-folder-mode = is a file by its name and a folder by its mode; pack the segment again, into a new file
entry-link-zip = is a symbolic link; pack the file that it leads to (zip without -y)
entry-kind-unknown = is of a kind that no system knows; pack the segment again, into a new file
entry-file-name-folder-attributes = is a file by its name and a folder by its attributes; pack the segment again, into a new file
entry-label-zip = is the label of a volume; leave it out
entry-reparse = is a link of Windows (a reparse point); pack the file that it leads to
entry-hides-bytes = hides bytes behind the end of its compressed data; pack the segment again, into a new file
entry-ends-early = could end early for a program that reads from front to back; pack the segment again, into a new file
entry-flags = has flags that this version of segdeck does not know; pack the segment again, into a new file
entry-folder-data = is a folder by its name, and has data; pack the segment again, into a new file
entry-stored-two-sizes = is not compressed, and yet has two sizes; pack the segment again, into a new file
entry-extra-cut = has an extra field that is not whole; pack the segment again, into a new file
entry-zip64-twice = has two zip64 fields; pack the segment again, into a new file
entry-unicode-twice = has two Unicode names; pack the segment again, into a new file
entry-times-empty = has a field of times that is empty; pack the segment again, into a new file
entry-may-be-link = has a field that may make it a link (PKWARE Unix or ASi); pack the segment again, into a new file
entry-other-name = has a field with another name; pack the segment again, into a new file
entry-zip64-misses = has a zip64 field that misses a size; pack the segment again, into a new file
entry-zip64-two-ways = has a zip64 field that can be read in two ways; pack the segment again, into a new file
entry-unicode-foreign = has a Unicode name that does not belong to its name; pack the segment again, into a new file
entry-overlaps = overlaps what comes behind it; pack the segment again, into a new file
entry-misses-descriptor = misses the checksum and sizes that shall be behind its data; pack the segment again, into a new file
entry-descriptor-differs = has a checksum or sizes behind its data that differ from those in the directory; pack the segment again, into a new file

## What does not hold in an archive

broken-header-alone = the tar archive ends after a header for an entry
broken-no-zeros = the tar archive ends without its two blocks of zeros
broken-one-zeros = the tar archive ends after one block of zeros
broken-zeros-between = there is one block of zeros between its tar entries
broken-in-block = the tar archive ends within a block
broken-in-entry = the tar archive ends within an entry
broken-two-ends = its two end records differ
broken-no-end = its end record is missing
broken-end-cut = a part of its end record is missing
broken-end-twice = it has two end records
broken-comment = its comment holds parts of another archive
broken-zip64-place = its zip64 end record is not right before its locator
broken-zip64-cut = its zip64 end record is not whole
broken-directory-place = its directory is not where its end record says
broken-directory-fewer = its directory holds fewer entries than it counts
broken-directory-more = its directory holds more than the entries it counts
broken-directory-beyond = an entry of its directory reaches beyond it
broken-unicode-alike = two of its entries differ in their Unicode names only
broken-beyond-end = a record reaches beyond the end of the file
header-no-size = it says no size
header-between = it stands between an entry and its header
header-twice = there are two headers before one entry
header-checksum = its checksum is wrong
header-mark = its mark is neither that of POSIX nor that of GNU tar
header-bytes = it holds bytes where there are none in its form
header-incremental = it holds what only an incremental backup has
header-name-end = a name in it has bytes behind its end
header-below-zero = a number in it is below zero
header-number-large = a number in it is beyond 2^63
header-no-octal = a number in it is not octal
header-sparse = it describes a sparse file; pack again without --sparse
header-split = it belongs to a part of a split archive; pack it again in one piece
header-path-empty = its path is empty
header-two-paths = it says two paths
header-two-sizes = it says two sizes
header-size-no-number = its size is no number
header-for-all = it says a path or a size for all entries
header-record = a record in it does not hold
damaged-no-sense = its compressed bytes make no sense
damaged-no-end = its compressed bytes have no end
surplus-behind-tar = there is data behind the end of the tar archive
surplus-before = there is data before its first entry
surplus-behind = there is data behind its end record
broken-header-records = a tar header has { $size } bytes of records; { $max } are read
broken-cut-off = { $what } is cut off
broken-damaged = { $what } is damaged ({ $error })
broken-in-header = { $why } (tar header of { $name })
broken-no-entry = there is no entry at byte { $at }
surplus-behind-stream = there is data behind { $stream }
surplus-between = its bytes { $from } to { $to } belong to no entry
damaged-more = it claims { $claimed } bytes and unpacks to more
damaged-size = it claims { $claimed } bytes and has { $size }

## What a file is instead, and how it may be packed

kind-bzip2 = a bzip2 file
kind-7z = a 7z archive
kind-rar = a rar archive
kind-rpm = an RPM package
kind-deb = a Debian package or ar archive
kind-lzma = an lzma file
kind-lzip = an lzip file
kind-lz4 = an lz4 file
kind-compress = a file of compress (.Z)
kind-cpio = a cpio archive
kind-xar = a xar archive
kind-cabinet = a Windows cabinet
kind-windows = a Windows program (a self-extracting archive has to be unpacked first)
kind-linux = a Linux program
kind-pdf = a PDF document
kind-web = a web page (was it downloaded without logging in?)
kind-zip = a zip archive
kind-tar = a tar archive
kind-tar-gzip = a tar archive in gzip
kind-tar-xz = a tar archive in xz
kind-tar-zstd = a tar archive in zstd
kind-gzip = a gzip file
kind-xz = an xz file
kind-zstd = a zstd file
kind-file = a file
kind-no-tar = no tar archive
wanted-zip = zip
wanted-any = zip, or as tar, plain or in gzip, xz or zstd
stream-gzip = its gzip stream
stream-xz = its xz stream
stream-zstd = its zstd stream
stream-file = the file
window-xz = xz -8, or less
window-zstd = zstd -19, or less, without --long
kind-inside = { $outer } whose content is { $inner }
window-stream-xz = xz
window-stream-zstd = zstd

## What is said twice of an entry

field-name = name
field-unicode-name = Unicode name
field-flags = set of flags
field-method = method
field-checksum = checksum
field-size = size
field-compressed-size = compressed size

## What is larger than allowed

limit-size = its size ({ $bytes } bytes)
limit-entries = the number of its entries ({ $entries })
limit-unpacked = what it unpacks to, in bytes,
limit-ratio = what it unpacks to beside its own { $size } bytes (over { $bytes } so far), as a ratio,
limit-name = the length of a name in it ({ $bytes } bytes)
limit-depth = the depth of the entry { $name }
limit-directory = the size of its directory ({ $bytes } bytes)

## Why a file is not taken

archive-cancelled = reading was cancelled
archive-empty = the file is empty; copy it again from its source
archive-none = this is no archive that segdeck knows, whatever its suffix says; pack the segment as { $wanted }
archive-other = this is { $kind }, whatever its suffix says; pack the segment as { $wanted }
archive-no-zip = a .zip must be a zip archive; this is { $kind }; pack the segment as zip
archive-broken = the archive is broken or cut off: { $reason }; copy it again from its source
archive-surplus = the file holds more than the archive: { $what }; pack the segment again, into a new file
archive-window = the { $stream } stream needs a window of more than 32 MiB; compress it again with { $advice }
archive-split = this is a part of a split archive; join the parts first (zip -s 0), or pack it again in one piece
archive-limit = { $what } is more than the { $max } allowed (setting { $setting })
archive-entry-name = the entry { $name } is refused: its name { $why }
archive-entry = the entry { $name } is refused: it { $why }
archive-differs = the entry { $name } is refused: its { $field } before its data differs from that in the directory of the archive, so two programs could read it in two ways; pack the segment again, into a new file
archive-encrypted = the entry { $name } is encrypted; pack the segment without a password
archive-method = the entry { $name } is compressed with { $method }; pack the segment with deflate or stored
archive-damaged = the entry { $name } is damaged: { $reason }; copy the file again from its source
manifest-none = there is no segment.toml or segment.json, and no SegDescrip folder, at its root or in its only top folder; add a segment.toml with its prefix and version
manifest-none-but-payload = there is no segment.toml or segment.json, and no SegDescrip folder, at its root or in its only top folder; the name of the folder { $payload } alone does not say what it is: add a segment.toml with its prefix and version, or its SegDescrip folder
manifest-two = it holds both { $first } and { $second }; leave one of them out
manifest-too-large = the manifest { $file } is larger than { $max } bytes; move what makes it long to a file of its own
manifest-wrong = { $place }: { $message }
manifest-line = { $place }, line { $line }
manifest-field = { $place }, field { $field }
manifest-text = { $place } (`{ $text }`)
manifest-missing = { $file } says no { $field }; write it there, or give it with { $flag }
manifest-missing-version = neither VERSION nor SegName in SegDescrip, nor a folder or file named PREFIX-TYPE-VERSION-PLATFORM, says the { $field }; write it there, or give it with { $flag }
manifest-missing-prefix = neither SegName in SegDescrip, nor a folder or file named PREFIX-TYPE-VERSION-PLATFORM, says the { $field }; write it there, or give it with { $flag }
manifest-field-prefix = prefix
manifest-field-version = version
manifest-field-name = name
manifest-field-description = description
manifest-too-long = the { $field } is { $bytes } bytes long; { $max } are allowed ({ $flag })
manifest-flag-name = { $error } ({ $flag })
manifest-overrides = { $error }; { $flag } overrides it
manifest-bytes = it is { $bytes } bytes long; { $max } are allowed
manifest-lists = archs, requires and conflicts together are longer than { $max } bytes
manifest-encoding = it is written neither in UTF-8 nor in GB18030; save it as UTF-8
manifest-lines = it has more than { $max } lines
manifest-line-long = the line is { $bytes } bytes long; { $max } are allowed
manifest-sections = it has more than { $max } sections

## What in a manifest was not understood

remark-more = and { $n } more of this kind
remark-encoding = { $path }: it is written neither in UTF-8 nor in GB18030
remark-platform = { $from } (`{ $name }`): the platform { $platform } is no known architecture
remark-from-folder = the folder's name
remark-from-file = the file's name
remark-counts = { $from } says the { $field } is { $value }, { $other_from } says { $other }; { $value } counts
remark-field-type = type
remark-beside = the folder SegDescrip is there too and was not read: { $file } counts
remark-line = { $path }, line { $line } (`{ $text }`): { $message }
remark-section = the section is not known; it is kept and has no effect
remark-behind-section = what stands behind the section's name has no effect
remark-no-section = the line stands in no section and has no effect
remark-no-requirement = the line is not name:prefix:home:version and has no effect
remark-no-effect = the line has no effect: { $error }
remark-any-version = any version of { $prefix } counts: { $error }
remark-key = { $path }, line { $line }: { $key } is not known
remark-twice = { $path }, line { $line }: { $field } was { $first } before; that counts
remark-no-version = { $path }: there is no version in it
remark-field-meant = { $file }: the field { $field } is not known; did you mean { $meant }?
remark-field = { $file }: the field { $field } is not known
remark-unmeetable = { $file }: { $field } (`{ $text }`) has no effect: { $error }
