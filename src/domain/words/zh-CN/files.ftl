### What is wrong with a segment file, and with the places where files and records lie.

## Where files lie

storage-unavailable = 共享存储 { $url } 不可用：{ $reason }
storage-full = 共享存储 { $url } 已满：{ $reason }；请腾出空间，或移到更大的地方
storage-no-file = 共享存储 { $url } 中没有文件 { $key }
file-unreadable = 无法读取文件：{ $reason }
storage-cancelled = 已取消
storage-too-large = 文件大于 { $max } 字节（设置 upload.max_file_size）
storage-doing = { $doing } { $what }：{ $error }
doing-creating = 创建
doing-writing = 写入
doing-syncing = 落盘
doing-reading-back = 回读
doing-reading = 读取
doing-opening = 打开
doing-copying = 复制
doing-promoting = 移到正式位置
doing-deleting = 删除
doing-looking-at = 查看
doing-listing = 列出
storage-mount = 请以可写方式挂载，或将 storage.url 设为别处
storage-rights = 请给本用户读写权限，或将 storage.url 设为别处
storage-refused = 共享存储 { $url } 中的 { $path } { $why }
storage-link = 是链接，而共享存储不跟随任何链接：请将其换成文件本身，或将 storage.url 设为存放这些文件的文件夹
storage-not-a-file = 不是普通文件：请将其移出
storage-not-a-folder = 不是文件夹：请将其移出
storage-object-too-large = 大于此类文件应有的大小：请从备份中恢复，或将其移出
storage-taken = 已存在，而文件从不被替换：请重试
storage-identity-busy = 其他人正在更改它所属的站点；请一分钟后重试
storage-no-bucket = 没有这个存储桶；请创建，或将 storage.url 设为正确的
storage-came-back-different = 读回的内容与写入的不同

## Where records lie

store-silent = { $store } 没有应答
store-unavailable = { $store } 不可用：{ $reason }
store-unknown = { $store } 没有应答更改，不知是否已完成：{ $reason }
store-denied = { $store } 拒绝访问：{ $reason }
store-no-space = { $store } 没有空间容纳更改：{ $reason }
store-make-space = 请压缩、整理碎片并解除告警：`etcdctl compact`、`etcdctl defrag`、`etcdctl alarm disarm`
store-compacted = 修订 { $revision } 已被压缩清除
store-too-large = 请求超出存储的限度：{ $reason }
store-invalid = 存储不理解该请求：{ $reason }
store-corrupt = 无法读取记录 { $key }：{ $reason }
store-not-leader = 本进程不再主导控制器
store-at-host = { $host }：{ $why }
store-no-answer = { $time } 内没有应答
store-asks-certificate = 若它要求证书，请设置 store.cert_file 和 store.key_file
store-lease-ended = 租约已结束
store-certificate-rights = { $reason }；请给我方证书的用户读写 { $root } 以下的权限
store-wants-user = { $reason }；它要求用户：请设置 store.username 和 store.password_file
store-user-not-enabled = 用户 { $user }：{ $reason }；请去掉 store.username，或在那里启用
store-user-rights = 用户 { $user }：{ $reason }；请授予其角色读写 { $root } 以下的权限
store-user-check = 用户 { $user }：{ $reason }；请检查 store.username 和 store.password_file
store-watch-refused = 监视被拒绝：{ $reason }
store-watch-not-confirmed = 监视未获确认
store-watch-not-begun = 监视尚未开始就已结束
store-watch-was-ended = 监视被终止：{ $reason }
store-watch-ended = 监视已结束
store-renewal-ended = 续约流已结束
store-tls-untrusted = 其证书不可信（{ $why }）；请检查 store.ca_file 和主机名
store-tls-ended = TLS 以 { $alert } 结束；请检查 store.cert_file 和 store.key_file
store-file-moved = 文件在打开期间被移动、删除或替换；请重新启动 segdeck
store-cannot = 无法{ $doing }：{ $error }
store-kept-busy = 另一进程一直占用它（{ $doing }）
store-disk-full = 磁盘已满（{ $doing }）；请腾出空间
store-damaged = 文件已损坏（{ $doing }：{ $error }）；请停止所有使用它的程序，并放回备份
store-thread-ended = 其线程已结束
store-many-wait = 等待磁盘的更改太多
store-disk-slow = 磁盘或另一正在写入的进程耗时过长
store-lease-lost = 租约 { $lease } 已失去；没有更改任何内容
store-read-ended = 读取提前结束：{ $error }
doing-create-folder = 创建其文件夹
doing-look-at-file-system = 查看其文件系统
doing-look-at-folder = 查看其文件夹
doing-create = 创建
doing-open = 以读写方式打开
doing-look-at = 查看
doing-read-boot-id = 读取本机启动编号
doing-start-thread = 启动其线程
doing-commit = 提交
doing-read = 读取
doing-begin = 开始事务
doing-write = 写入
doing-open-it = 打开
doing-read-it = 读取
doing-create-tables = 创建其表
doing-switch-to-wal = 切换到预写日志
doing-limit = 限制其大小

## What the platforms answer

remote-answered = { $remote }（{ $endpoint }）对 { $call } 应答 { $code }：{ $message }

## Files of the operator

source-part = { $file } 的名称像分卷归档的一部分；请先合并，或重新打包成一个文件
source-no-segment = { $file } 不是软件段文件：名称须以 .zip（SDP）或 .mpk（15s软件商店）结尾
path-unreadable = 无法读取 { $path }：{ $reason }
path-dangling = 无法读取 { $path }：{ $reason }；这是一个失效的链接
path-missing = 无法读取 { $path }：{ $reason }；请检查名称和所在文件夹
path-forbidden = 无法读取 { $path }：{ $reason }；请向所有者申请读取权限
path-folder = { $path } 是文件夹，不是文件；请先打包，再选择 .zip 或 .mpk
path-pipe = { $path } 是管道，不是文件；请先将其内容写入文件，再选择该文件
path-device = { $path } 是设备或套接字，不是文件；请先将其内容写入文件，再选择该文件
reading-broke-off = 读取中断：{ $error }
reading-file-broke-off = 读取文件中断：{ $error }
upload-other-content = { $file } 的内容与预期不同：sha256 是 { $found }，不是 { $expected }；请重新查看
path-unwritable = 无法写入 { $path }：{ $reason }
no-current-folder = 没有当前文件夹：{ $error }
own-file-line = { $path }:{ $line }：{ $why }
theme-none = 没有配色 { $name }；ui.theme 可设为：{ $known }
theme-none-write = 没有配色 { $name }；ui.theme 可设为：{ $known }，或编写 { $path }
theme-line = 配色 { $name }，第 { $line } 行：{ $why }
theme-base = base 须是配色的名称
theme-no-base = 没有可作基础的配色 { $name }
theme-no-role = { $role } 不是配色的角色
theme-role = { $role }：{ $why }
theme-no-colour = { $text } 不是颜色
theme-missing = 缺少角色 { $role }；请写出，或以某个配色为基础：{ $base } = "default"

## Why an entry of an archive is refused for its name

name-entry-empty = 为空；请重命名
name-entry-nul = 含有 NUL 字符；请重命名
name-entry-backslash = 含有反斜杠；请重命名
name-entry-bom = 以字节顺序标记开头；请重命名
name-entry-encoding = 既非 UTF-8 也非 GB18030 编码；请重命名
name-entry-control = 含有控制字符；请重命名
name-entry-turns = 含有改变文字方向的字符；请重命名
name-entry-absolute = 是绝对路径；请重命名
name-entry-drive = 以盘符开头；请重命名
name-entry-stream = 是 Windows 上的流（:$）；请重命名
name-entry-empty-part = 有空的一段（//）；请重命名
name-entry-dot = 有无意义的一段（.）；请重命名
name-entry-dot-dot = 指向所在文件夹之外（..）；请重命名
name-entry-ends-in-dot = 有一段以点或空格结尾，Windows 会省去；请重命名
name-entry-device = 在 Windows 上是设备的保留名；请重命名
name-entry-self = 是被打包的文件夹自身的名称；请重命名
name-entry-alike = 与另一条目的名称只有大小写或字符写法不同；请重命名
name-entry-twice = 出现两次；请去掉其中一个
name-entry-file-and-folder = 同时是文件名和文件夹名；请重命名
name-entry-no-utf8 = 声明为 UTF-8，实际不是；请重命名
name-entry-unicode = 与其 Unicode 字段中的不同，两个程序会看到两个名称；请重命名

## Why an entry of an archive is refused

entry-file-and-folder = 按类型是文件，按名称是文件夹；请将软件段重新打包成新文件
entry-link-target = 带有链接目标，却不是链接；请将软件段重新打包成新文件
entry-no-name = 是没有名称的文件；请将软件段重新打包成新文件
entry-setuid = 带有 setuid 位；请去掉（chmod u-s）
entry-setgid = 带有 setgid 位；请去掉（chmod g-s）
entry-no-size = 没有写明大小；请将软件段重新打包成新文件
entry-two-sizes = 写了两个大小；请将软件段重新打包成新文件
entry-folder-size = 是文件夹，却有大小；请将软件段重新打包成新文件
entry-hard-link = 是硬链接；请打包文件本身（tar --hard-dereference）
entry-link-tar = 是符号链接；请打包它指向的文件（tar --dereference）
entry-device = 是设备；请去掉
entry-pipe = 是管道；请去掉
entry-socket = 是套接字；请去掉
entry-sparse = 是稀疏文件；请完整打包（tar 不加 --sparse）
entry-label = 是卷标；打包时请不加卷标
entry-incremental = 属于增量备份；打包时请不加 --listed-incremental
entry-kind-disputed = 属于各程序理解不一的类型；请将软件段重新打包成新文件
entry-folder-name-file-mode = 按名称是文件夹，按模式是文件；请将软件段重新打包成新文件
entry-file-name-folder-mode = 按名称是文件，按模式是文件夹；请将软件段重新打包成新文件
entry-link-zip = 是符号链接；请打包它指向的文件（zip 不加 -y）
entry-kind-unknown = 属于没有系统认识的类型；请将软件段重新打包成新文件
entry-file-name-folder-attributes = 按名称是文件，按属性是文件夹；请将软件段重新打包成新文件
entry-label-zip = 是卷标；请去掉
entry-reparse = 是 Windows 链接（重分析点）；请打包它指向的文件
entry-hides-bytes = 在压缩数据之后藏有字节；请将软件段重新打包成新文件
entry-ends-early = 对从头读到尾的程序可能提前结束；请将软件段重新打包成新文件
entry-flags = 带有本版本 segdeck 不认识的标志；请将软件段重新打包成新文件
entry-folder-data = 按名称是文件夹，却有数据；请将软件段重新打包成新文件
entry-stored-two-sizes = 未压缩，却有两个大小；请将软件段重新打包成新文件
entry-extra-cut = 有不完整的扩展字段；请将软件段重新打包成新文件
entry-zip64-twice = 有两个 zip64 字段；请将软件段重新打包成新文件
entry-unicode-twice = 有两个 Unicode 名称；请将软件段重新打包成新文件
entry-times-empty = 有空的时间字段；请将软件段重新打包成新文件
entry-may-be-link = 有可能使它成为链接的字段（PKWARE Unix 或 ASi）；请将软件段重新打包成新文件
entry-other-name = 有写着另一名称的字段；请将软件段重新打包成新文件
entry-zip64-misses = 其 zip64 字段缺少大小；请将软件段重新打包成新文件
entry-zip64-two-ways = 其 zip64 字段可有两种读法；请将软件段重新打包成新文件
entry-unicode-foreign = 其 Unicode 名称与名称不符；请将软件段重新打包成新文件
entry-overlaps = 与其后的内容重叠；请将软件段重新打包成新文件
entry-misses-descriptor = 缺少数据之后应有的校验和与大小；请将软件段重新打包成新文件
entry-descriptor-differs = 数据之后的校验和或大小与目录中的不同；请将软件段重新打包成新文件

## What does not hold in an archive

broken-header-alone = tar 归档在条目的头之后就结束了
broken-no-zeros = tar 归档缺少结尾的两个零块
broken-one-zeros = tar 归档在一个零块之后就结束了
broken-zeros-between = tar 条目之间有一个零块
broken-in-block = tar 归档在一个块中间结束
broken-in-entry = tar 归档在一个条目中间结束
broken-two-ends = 它的两个结束记录不同
broken-no-end = 缺少结束记录
broken-end-cut = 结束记录不完整
broken-end-twice = 有两个结束记录
broken-comment = 注释中含有另一归档的内容
broken-zip64-place = zip64 结束记录不在定位记录之前
broken-zip64-cut = zip64 结束记录不完整
broken-directory-place = 目录不在结束记录所说的位置
broken-directory-fewer = 目录中的条目少于所计的数目
broken-directory-more = 目录中的条目多于所计的数目
broken-directory-beyond = 目录中有条目超出目录
broken-unicode-alike = 有两个条目只有 Unicode 名称不同
broken-beyond-end = 有记录超出文件结尾
header-no-size = 没有写明大小
header-between = 它在条目与其头之间
header-twice = 一个条目之前有两个头
header-checksum = 校验和不对
header-mark = 标记既非 POSIX 也非 GNU tar
header-bytes = 其格式中应为空处有字节
header-incremental = 含有增量备份才有的内容
header-name-end = 其中的名称在结尾之后还有字节
header-below-zero = 其中的数小于零
header-number-large = 其中的数超过 2^63
header-no-octal = 其中的数不是八进制
header-sparse = 它描述稀疏文件；请不加 --sparse 重新打包
header-split = 它属于分卷归档的一部分；请重新打包成一个文件
header-path-empty = 路径为空
header-two-paths = 写了两个路径
header-two-sizes = 写了两个大小
header-size-no-number = 大小不是数
header-for-all = 它为所有条目写了路径或大小
header-record = 其中有记录不成立
damaged-no-sense = 压缩数据无法理解
damaged-no-end = 压缩数据没有结尾
surplus-behind-tar = tar 归档结尾之后还有数据
surplus-before = 第一个条目之前有数据
surplus-behind = 结束记录之后有数据
broken-header-records = tar 头有 { $size } 字节的记录；最多读取 { $max } 字节
broken-cut-off = { $what }被截断
broken-damaged = { $what }已损坏（{ $error }）
broken-in-header = { $why }（{ $name } 的 tar 头）
broken-no-entry = 第 { $at } 字节处没有条目
surplus-behind-stream = { $stream }之后还有数据
surplus-between = 第 { $from } 到 { $to } 字节不属于任何条目
damaged-more = 声明 { $claimed } 字节，解开后更多
damaged-size = 声明 { $claimed } 字节，实有 { $size }

## What a file is instead, and how it may be packed

kind-bzip2 = bzip2 文件
kind-7z = 7z 归档
kind-rar = rar 归档
kind-rpm = RPM 包
kind-deb = Debian 包或 ar 归档
kind-lzma = lzma 文件
kind-lzip = lzip 文件
kind-lz4 = lz4 文件
kind-compress = compress 文件（.Z）
kind-cpio = cpio 归档
kind-xar = xar 归档
kind-cabinet = Windows cab 文件
kind-windows = Windows 程序（自解压归档须先解开）
kind-linux = Linux 程序
kind-pdf = PDF 文档
kind-web = 网页（下载时是否没有登录？）
kind-zip = zip 归档
kind-tar = tar 归档
kind-tar-gzip = gzip 压缩的 tar 归档
kind-tar-xz = xz 压缩的 tar 归档
kind-tar-zstd = zstd 压缩的 tar 归档
kind-gzip = gzip 文件
kind-xz = xz 文件
kind-zstd = zstd 文件
kind-file = 文件
kind-no-tar = 并非 tar 归档
wanted-zip = zip
wanted-any = zip，或 tar（可用 gzip、xz 或 zstd 压缩）
stream-gzip = gzip 流
stream-xz = xz 流
stream-zstd = zstd 流
stream-file = 文件
window-xz = xz -8 或更低
window-zstd = zstd -19 或更低，不加 --long
kind-inside = { $outer }，其内容是{ $inner }
window-stream-xz = xz
window-stream-zstd = zstd

## What is said twice of an entry

field-name = 名称
field-unicode-name = Unicode 名称
field-flags = 标志
field-method = 压缩方法
field-checksum = 校验和
field-size = 大小
field-compressed-size = 压缩后大小

## What is larger than allowed

limit-size = 其大小（{ $bytes } 字节）
limit-entries = 其条目数（{ $entries }）
limit-unpacked = 其解包后的字节数
limit-ratio = 其解包后与自身 { $size } 字节之比（目前超过 { $bytes } 字节）
limit-name = 其中某个名称的长度（{ $bytes } 字节）
limit-depth = 条目 { $name } 的层数
limit-directory = 其目录的大小（{ $bytes } 字节）

## Why a file is not taken

archive-cancelled = 读取已取消
archive-empty = 文件是空的；请从来源重新复制
archive-none = 无论后缀如何，这不是 segdeck 认识的归档；请将软件段打包为 { $wanted }
archive-other = 无论后缀如何，这是{ $kind }；请将软件段打包为 { $wanted }
archive-no-zip = .zip 须是 zip 归档；这是{ $kind }；请将软件段打包为 zip
archive-broken = 归档已损坏或被截断：{ $reason }；请从来源重新复制
archive-surplus = 文件中有归档以外的内容：{ $what }；请将软件段重新打包成新文件
archive-window = { $stream } 流需要超过 32 MiB 的窗口；请用 { $advice } 重新压缩
archive-split = 这是分卷归档的一部分；请先合并（zip -s 0），或重新打包成一个文件
archive-limit = { $what }超过允许的 { $max }（设置 { $setting }）
archive-entry-name = 条目 { $name } 被拒绝：其名称{ $why }
archive-entry = 条目 { $name } 被拒绝：它{ $why }
archive-differs = 条目 { $name } 被拒绝：数据之前的{ $field }与归档目录中的不同，两个程序可能读出两种结果；请将软件段重新打包成新文件
archive-encrypted = 条目 { $name } 已加密；请不加密码打包软件段
archive-method = 条目 { $name } 用 { $method } 压缩；请用 deflate 或不压缩方式打包软件段
archive-damaged = 条目 { $name } 已损坏：{ $reason }；请从来源重新复制文件
manifest-none = 其根目录或唯一的顶层文件夹中没有 segment.toml 或 segment.json，也没有 SegDescrip 文件夹；请添加写有段前缀和版本的 segment.toml
manifest-none-but-payload = 其根目录或唯一的顶层文件夹中没有 segment.toml 或 segment.json，也没有 SegDescrip 文件夹；仅凭文件夹名 { $payload } 不足以说明：请添加写有段前缀和版本的 segment.toml，或其 SegDescrip 文件夹
manifest-two = 其中同时有 { $first } 和 { $second }；请去掉一个
manifest-too-large = 软件清单 { $file } 大于 { $max } 字节；请将过长的内容移到单独的文件
manifest-wrong = { $place }：{ $message }
manifest-line = { $place }，第 { $line } 行
manifest-field = { $place }，字段 { $field }
manifest-text = { $place }（`{ $text }`）
manifest-missing = { $file } 没有写明{ $field }；请写在其中，或用 { $flag } 给出
manifest-missing-version = SegDescrip 中的 VERSION 和 SegName，以及名为 PREFIX-TYPE-VERSION-PLATFORM 的文件夹或文件，都没有写明{ $field }；请写在其中，或用 { $flag } 给出
manifest-missing-prefix = SegDescrip 中的 SegName，以及名为 PREFIX-TYPE-VERSION-PLATFORM 的文件夹或文件，都没有写明{ $field }；请写在其中，或用 { $flag } 给出
manifest-field-prefix = 段前缀
manifest-field-version = 版本
manifest-field-name = 软件名称
manifest-field-description = 描述
manifest-too-long = { $field }长 { $bytes } 字节，最多 { $max } 字节（{ $flag }）
manifest-flag-name = { $error }（{ $flag }）
manifest-overrides = { $error }；可用 { $flag } 覆盖
manifest-bytes = 长 { $bytes } 字节，最多 { $max } 字节
manifest-lists = archs、requires 和 conflicts 合计超过 { $max } 字节
manifest-encoding = 既非 UTF-8 也非 GB18030 编码；请保存为 UTF-8
manifest-lines = 超过 { $max } 行
manifest-line-long = 该行长 { $bytes } 字节，最多 { $max } 字节
manifest-sections = 超过 { $max } 节

## What in a manifest was not understood

remark-more = 以及另外 { $n } 条
remark-encoding = { $path }：既非 UTF-8 也非 GB18030 编码
remark-platform = { $from }（`{ $name }`）：平台 { $platform } 不是已知的架构
remark-from-folder = 文件夹名
remark-from-file = 文件名
remark-counts = { $from } 写的{ $field }是 { $value }，{ $other_from } 写的是 { $other }；以 { $value } 为准
remark-field-type = 类型
remark-beside = 还有 SegDescrip 文件夹，没有读取：以 { $file } 为准
remark-line = { $path }，第 { $line } 行（`{ $text }`）：{ $message }
remark-section = 未知的节；保留，但不起作用
remark-behind-section = 节名之后的内容不起作用
remark-no-section = 该行不在任何节中，不起作用
remark-no-requirement = 该行不是 name:prefix:home:version，不起作用
remark-no-effect = 该行不起作用：{ $error }
remark-any-version = { $prefix } 的任何版本都算：{ $error }
remark-key = { $path }，第 { $line } 行：{ $key } 未知
remark-twice = { $path }，第 { $line } 行：{ $field } 先前是 { $first }；以先前的为准
remark-no-version = { $path }：其中没有版本
remark-field-meant = { $file }：字段 { $field } 未知；是否指 { $meant }？
remark-field = { $file }：字段 { $field } 未知
remark-unmeetable = { $file }：{ $field }（`{ $text }`）不起作用：{ $error }
