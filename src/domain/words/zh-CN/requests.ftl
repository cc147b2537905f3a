### What is answered to a request that is not done, and why this process may not lead.

## Somebody else was faster

changed-by = { $what }已被 { $who } 于 { $at } 更改（{ $action }）；请重新查看后再试
changed-meanwhile = { $what }已被他人更改；请重新查看后再试
what-install = 安装 { $record }{ " " }
what-seat = 席位 { $id }{ " " }
what-plan = { $id } 的计划所依据的内容
what-bound = { $prefix } 的绑定席位
what-freeze = 冻结状态
what-sync = { $remote } 的数据同步
what-storage = 共享存储的归属
what-sweep = 共享存储的清理
what-adopt = { $remote } 的平台
what-import = 所导入的某个席位
what-history = 席位历史
what-installed = { $seat } 上已安装的内容

## Installs

no-install = 没有安装 { $record }；`segdeck installs list` 列出现有的
install-is-gone = 安装 { $record } 已不存在
install-of-is-gone = { $id } 的安装 { $record } 已不存在
none-alike = 安装 { $record } 中没有席位因类似 { $alike } 的原因结束
seat-is-busy = { $of } 的安装 { $other } 正在处理席位 { $seat }；请等待或取消它
control-refused-run = 安装 { $record } 处于“{ $state }”，不能继续；{ $may }
control-refused-pause = 安装 { $record } 处于“{ $state }”，不能暂停；{ $may }
control-refused-cancel = 安装 { $record } 处于“{ $state }”，不能取消；{ $may }
control-refused-retry = 安装 { $record } 处于“{ $state }”，不能重试；{ $may }
control-refused-next = 安装 { $record } 处于“{ $state }”，不能放行到下一批；{ $may }
control-none-failed = 它没有失败的席位
control-wait-for-end = 请等到它结束
control-retry-it = 可以重试
control-done = 它已完成
control-is-cancelled = 它正在取消
control-too-early = 尚未到开始时间：开始之后才能放行
control-no-wave = 没有剩余的批次
control-resume-it = 可以继续或取消
control-not-paused = 它没有暂停
install-state-pending = 等待
install-state-scheduled = 已排期
install-state-running = 进行中
install-state-paused = 已暂停
install-state-waiting = 等待放行
install-state-succeeded = 成功
install-state-partial = 部分成功
install-state-failed = 失败
install-state-cancelled = 已取消
install-state-timed-out = 超时
force-needs-reason = 请说明强制结束的原因：审计记录会保留
force-ended = 安装 { $record } 已是“{ $state }”，没有可结束的
force-needs-word = 这会将安装 { $record } 的 { $n } 个席位记为未知，无论平台上结果如何；请用 --yes 确认
retry-expired = 安装 { $record } 已于 { $at } 截止；请重新请求安装
retry-mend = 重试不能略过席位：请先解决，或用 --skip-blocked 重新请求安装
retry-overtaken = { $n } 个席位现已装有 { $prefix } 的其他版本，{ $seats }；{ $advice }
retry-came-since = { $id } 在此之后装上（{ $how }）
by-install = 安装 { $record }
seat-because = { $seat }：{ $reason }
listed = { $first }，{ $then }
install-segment-deleted = 安装 { $record } 已不存在：它的软件段 { $id } 已被删除

## Plans and what is asked for

block-outside = 不在维护窗口内，下一个于 { $at } 开始
warn-wait-for-windows = { $n } 个席位等待维护窗口，最早的于 { $at } 开始
warn-more-doubts = 软件段另有 { $n } 条声明无法理解，未作检查
block-no-device = { $remote } 没有设备 { $ip }
block-no-seat = 没有这个席位
block-arch = 它面向 { $archs }，席位是 { $arch }
block-install = 安装 { $record } 正在处理它
warn-devices-not-asked = 未能查询设备是否在线：{ $error }
warn-devices-unknown = 设备是否在线未知：{ $remote } 在 { $seconds } 秒内没有列出设备
no-seat-in-group = 分组 { $group } 中没有席位
plan-cannot-deploy = { $id } 属于 { $remote }，它不能在席位上安装
is-being-deleted = { $id } 正在删除
plan-removed = { $id } 已从平台移除，不能再安装；已安装它的席位可用 `segdeck install { $id } --none` 卸载
plan-not-created = { $id } 未能发布（{ $reason }）；`segdeck segment retry { $id }` 可重试
plan-not-published = { $id } 尚未发布（{ $state }）；请等待
create-state-pending = 待创建
create-state-processing = 创建中
create-state-succeeded = 就绪
create-state-failed = 创建失败
left-out-offline = 它离线
warn-one-wave = 全部 { $n } 个席位在同一批：没有放行可等
nothing-left = 没有剩下要做的：已略过 { $n } 个席位，{ $seat }：{ $reason }；请先解决，或不略过席位
blocked-lists-them = `segdeck plan` 列出它们，--skip-blocked 略过它们
uninstall-needs-word = 这会从 { $n } 个席位卸载 { $id }；请用 --yes 确认
seats-unknown = { $n } 个席位未知：{ $seats }；`segdeck seat add` 或 `seat import` 可添加
seats-are-busy = 安装 { $record } 正在处理其中 { $n } 个席位，如 { $seat }；请等待或取消它
seats-are-blocked = { $of } 个席位中 { $n } 个受阻；{ $advice }
seats-are-blocked-named = { $of } 个席位中 { $n } 个受阻，{ $seats }；{ $advice }
rollback-not-there = { $id } 没有安装在那里
rollback-no-history = 其历史中没有 { $id } 之前的 { $prefix } 版本

## Segments and their files

no-segment = 没有软件段 { $id }；`segdeck segment list` 列出现有的
segment-is-removed = { $id } 已从平台移除，记录也已删除，但仍有席位装有它；`segdeck install { $id } --none --yes` 从所有席位卸载，`--remove 席位` 从部分席位卸载
delete-installed = { $id } 已安装在 { $n } 个席位上：{ $seats }；请先卸载
delete-busy = { $id } 正在 { $n } 个席位上安装或卸载：{ $seats }（安装 { $installs }）；请等待或取消它
retry-not-failed = { $id } 的创建状态是“{ $state }”；只有失败的可以重试
segment-exists = 软件段 { $id } 已存在；请先删除，或上传另一版本
verify-being-deleted = { $id } 正在删除，连同其文件
verify-other-bytes = { $key } 的字节与上传时不同；{ $mend }
verify-other-size = { $key } 有 { $size } 字节，应为 { $total }；{ $mend }
verify-missing = { $url } 中没有 { $key }；{ $mend }
verify-mend = 可用 `segdeck segment verify --repair { $id }` 从平台重新获取；或放回正确的文件并再次校验，或删除 { $id } 后重新上传
is-gone = { $name } 已不存在
requires-no-segment = 没有软件段 { $prefix }
requires-only = 只有 { $segments }
requires-not-published = 尚未发布：{ $segments }
and-more = { $list } 以及另外 { $n } 个
upload-not-published = 已上传，但发布失败：{ $reason }；`segdeck segment retry { $id }` 可重试
download-broke-off = 下载 { $id } 中断：{ $error }
refetch-not-there = 无法重新获取 { $id } 的文件：{ $remote } 已没有它
refetch-other-there = 无法重新获取 { $id } 的文件：它在 { $remote } 上的 sha256 是 { $told }，而不是 { $wanted }
refetch-too-large = 所下载的 { $id } 超过记录中的 { $size } 字节；未采用
download-other-content = 所下载的 { $id } 的 sha256 是 { $found }，而 { $remote } 声明是 { $told }

## Freeze, data sync, standing

seen-before-step-back = 在您查看之后存储被恢复或清空过；请重新查看再决定
freeze-needs-reason = 冻结需要原因：别人会问起
frozen-already = 已被 { $by } 自 { $since } 起冻结：{ $reason }
no-freeze = 没有冻结
format-newer = { $store } 的记录为布局 { $theirs }，由更新版本的 segdeck 写入；本版本只懂布局 { $ours }，只能查看：请安装新版本
remote-not-configured = 未配置 { $remote }；请设置 { $remote }.endpoint
no-remote-configured = 未配置任何平台；请设置 sdp.endpoint 或 store15s.endpoint
other-storage = { $store } 的文件在另一个共享存储中（编号 { $theirs }），不是 { $url }（编号 { $ours }）；请将 storage.url 设为其他人所用的
no-storage-there = { $store } 的文件在另一个共享存储中（编号 { $theirs }），而 { $url } 处没有共享存储；是否已挂载？否则请将 storage.url 设为其他人所用的
storage-of-other-site = 共享存储 { $url } 属于另一个站点（{ $owner }），而 { $store } 的记录属于站点 { $site }；请检查 store.prefix、store.backend、store.endpoints 和 storage.url。若确应归本存储库所有：`segdeck storage adopt --reason TEXT`
storage-not-named = 共享存储 { $url }（编号 { $ours }）已在使用，但 { $store } 的记录没有指明它；请检查 store.prefix、store.backend、store.endpoints 和 storage.url。若确应归本存储库所有：`segdeck storage adopt --reason TEXT`
storage-without-id = 共享存储 { $url } 中有文件，却没有说明归属的 segdeck-storage.json，而 { $store } 的记录也没有指明任何存储；请检查 storage.url。若确应归本存储库所有：`segdeck storage adopt --reason TEXT`
storage-not-settled = 共享存储的归属刚刚发生变化，稍后会重新检查
adopt-needs-reason = 接管需要原因：它会写入操作记录
other-platform = { $endpoint } 是平台 { $found }，而 { $remote } 的记录属于平台 { $pinned }；控制器不工作。请将 { $remote }.endpoint 设为后者；若由此平台取而代之，请运行 `segdeck remote adopt { $remote } --reason 原因`
other-platform-knows-none = { $endpoint }（平台 { $found }）没有 { $remote } 的记录中已发布的任何软件段（平台 { $pinned }）；控制器不工作。请将 { $remote }.endpoint 设为原来的平台；若由此平台取而代之，请运行 `segdeck remote adopt { $remote } --reason 原因`
held-adopted = 其平台是取代另一平台而采用的，没有它；`segdeck sync --yes` 可移除它
held-empty = 平台返回的列表为空；`segdeck sync --yes` 可移除它
held-all = sync.hold 为 "all"；`segdeck sync --yes` 可移除它
held-installed = 已安装在 { $n } 个席位上，且 sync.hold 为 "installed"；`segdeck sync --yes` 可移除它
held-limit = 7 天内将移除 { $all } 个中的 { $n } 个（已移除 { $recent } 个），超过 { $percent }%；`segdeck sync --yes` 可移除它
platform-anonymous = 无标识
remote-adopt-needs-reason = 采用平台需要原因：别人会问起

## 回收站

trash-no-entry = 回收站中没有 { $which }；可用 `segdeck trash list` 查看
storage-full-trash = 回收站中有 { $n } 个条目，共 { $bytes } 字节：`segdeck trash empty --yes` 可腾出空间
trash-several = 回收站中有 { $n } 个 { $id } 的条目：{ $entries }；请用条目自己的编号指明
trash-no-content = 共享存储 { $url } 中没有 { $key }：回收站对该软件段的记载已丢失
trash-bad-content = 共享存储 { $url } 中的 { $key } 无法读取：{ $error }；请从备份恢复
trash-other-content = 共享存储中条目 { $entry } 的内容与 { $id } 不符，可能被手工改动
trash-being-emptied = { $id }（条目 { $entry }）正在从回收站清除，已无法恢复
restore-exists = { $id } 已存在；请先删除它，或将条目留在回收站
restore-no-file = 共享存储 { $url } 中没有 { $id } 的文件（{ $key }），无法恢复；请放回该文件，或重新上传
controllers-disabled = 其设置中 controllers.enabled 为 false
process-read-only = 未作任何更改：本进程为只读（其设置中 `ui.read_only` 为 true，或使用了 `--read-only`）；`segdeck config show` 显示该设置来自何处
may-not-lead-read-only = 它是只读的
stood-back-silence = { $span } 内存储没有接受本进程的读取或更改
another-store-drives = 另有一个记录相同的存储在驱动这个共享存储；请停掉其中一个，或在应当拥有它的一方运行 `segdeck storage adopt --reason ...`
may-not-lead-disabled = 设置中 controllers.enabled 为 false

## Seats

no-seat = 没有席位 { $id }；`segdeck seat list` 列出现有的
seat-exists = 席位 { $id } 已存在；`segdeck seat import` 可更改它
seat-has-address = 席位 { $id } 已使用地址 { $ip }
seat-added-meanwhile = 席位 { $id } 已被他人添加
seat-has-segments = 席位 { $id } 上已安装 { $n } 个软件段，如 { $on }；请先卸载，或用 `segdeck seat forget` 注销报废的席位
seats-same-id = 席位 { $id } 出现两次；没有导入任何内容
seats-same-address = 席位 { $one } 和 { $other } 的地址同为 { $ip }；没有导入任何内容
seats-no-platform = 没有配置能说明已安装内容的平台；请设置 sdp.endpoint
seats-stopped = 未查看完所有席位就已停止
seat-strange-uid = 这里没有平台编号为 { $uid } 的软件段；`segdeck sync` 可取回它
