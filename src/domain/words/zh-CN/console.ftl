### The console's words in Simplified Chinese.

plain = { $text }
first-then = { $first }；{ $then }

## Panes

pane-segments = 软件段
pane-versions = 版本
pane-seats = 席位
pane-installs = 安装
pane-title = { $name } ({ $n }) { $about }
title-marked = · 已标记 { $n }
title-marked-hidden = · 已标记 { $n }，{ $hidden } 个隐藏
pane-title-filtered = { $name } ({ $shown }/{ $n }) { $about } /{ $filter }
title-filtered = { " " }· /{ $filter } ({ $n })

## Columns

column-id = 软件段
column-name = 软件名称
column-version = 版本
column-remote = 平台
column-state = 状态
column-installed = 已装
column-installed-short = 已装
column-bound = 绑定
column-bound-short = 绑定
column-wanted-short = 应装
column-size = 大小
column-updated = 变更
column-seat = 席位
column-group = 分组
column-ip = 地址
column-tags = 标签
column-requested = 提交时间
column-segment = 软件段
column-progress = 进度
column-percent = %
column-counts = 席位
column-by = 操作人
column-deleted = 删除时间
column-cause = 原因
column-until = 保留至
column-wave = 批次
column-op = 操作
column-message = 消息
column-action = 操作
column-key = 按键
column-file = 文件
column-prefix = 段前缀
column-goes-to = 去向
column-does = 作用
counts = { $good }/{ $n }
counts-cancelled = { $good }/{ $n } 取消{ $cancelled }
counts-bad = { $good }/{ $n } 失败{ $bad }

## Platforms

remote-sdp = SDP
remote-store15s = 15s软件商店

## States of a segment

state-create-pending = 待创建
state-create-processing = 创建中
state-create-retrying = 重试中
state-create-succeeded = 就绪
state-removed = 已移除
state-create-failed = 创建失败
state-deleting = 删除中
state-delete-failed = 删除失败
state-file-missing = 文件缺失
state-file-altered = 文件被改

## States of an install

state-install-pending = 等待
state-install-scheduled = 已排期
state-install-running = 进行中
state-install-pausing = 暂停中
state-install-paused = 已暂停
state-install-waiting = 等待放行
state-install-cancelling = 取消中
state-install-succeeded = 成功
state-install-partial = 部分成功
state-install-failed = 失败
state-install-cancelled = 已取消
state-install-timed-out = 超时

## States of a seat

state-seat-queued = 排队
state-seat-waiting = 离线
state-seat-running = 进行中
state-seat-succeeded = 完成
state-seat-already = 原已安装
state-seat-not-applicable = 不适用
state-seat-failed = 失败
state-seat-timed-out = 超时
state-seat-skipped = 已跳过
state-seat-cancelled = 已取消
state-seat-unknown = 未知
op-install = 安装
op-uninstall = 卸载

## Nothing to show

empty-filtered = 没有符合 /{ $filter } 的行。按 Esc 取消过滤。
empty-loading = 正在读取记录（已读 { $n } 条）
empty-stale = 存储没有应答。
empty-stale-hint = 会自动重试；`segdeck doctor` 可检查每个连接。
empty-segments = 还没有软件段。
empty-segments-hint = 按 u 上传 .zip 或 .mpk 文件，或按 S 取回平台上已有的软件段。
empty-versions = 没有选中软件段。
empty-seats = 还没有席位。
empty-seats-hint = 用 `segdeck seat import FILE` 添加。
empty-installs = 还没有安装。
empty-installs-hint = 选中一个软件段后按 i。

## Status line

banner-demo = 演示：{ $n } 个模拟席位；按 u 可从 { $samples } 上传更多软件段
status-live = 实时
status-loading = 读取中（{ $n }）
status-stale = 自 { $since } 起已过时：{ $reason }
status-revision = 修订 { $revision }
status-frozen = 已冻结（{ $who }）：{ $reason }
status-unreadable = { $n } 条记录无法读取（按 L 查看）
status-read-only = 只读
lead-starting = 正在选主
lead-you = 由本控制台主导
left-open = 本控制台曾主导控制器，尚未完成：安装 { $installs } 个，软件段 { $segments } 个。一旦有其他控制台或 `segdeck controller` 主导，即继续执行。
lead-other = 由 { $who } 主导
lead-may-not = 无人主导，本控制台不能主导：{ $reason }
lead-stood-back = 无人主导，本控制台已退让：{ $reason }
lead-unknown = 主导者未知
lead-aside = 正在让位
filter-column = 没有 { $column } 列；若词中有冒号，请加引号
filter-column-beside = { $column } 由其他记录统计得出，不能过滤；按 o 可按它排序
filter-column-nearest = 没有 { $column } 列；是否指 { $nearest }？若词中有冒号，请加引号
filter-too-long = 过滤条件太长
complaint = { $title }：{ $text }
filter-label = { " " }/

## Actions; .short is for the line of keys

action-upload = 上传软件段文件
    .short = 上传
action-install = 安装：选择席位，查看计划，确认
    .short = 安装
action-bind = 绑定席位：选择软件段面向哪些席位
    .short = 绑定
action-delete = 删除软件段，或所有已标记的
    .short = 删除
action-trash = 回收站：已删除、还可恢复的内容
    .short = 回收站
action-restore = 恢复回收站中的条目
    .short = 恢复
action-empty = 彻底删除回收站中的条目
    .short = 彻底删除
action-sync = 数据同步：将两个平台与记录比对
    .short = 同步
action-retry = 重试失败的部分，或所有已标记的
    .short = 重试
action-pause = 暂停安装，或继续
    .short = 暂停
action-matrix = 席位与软件段对照：应有的和现有的
    .short = 对照表
action-drift-only = 只显示不一致的，或显示全部
    .short = 只看偏差
action-mend = 查看修正此格的计划
    .short = 修正
action-retry-alike = 重试与此席位失败原因相同的席位
    .short = 重试同类
action-next-wave = 立即开始下一批
    .short = 下一批
action-cancel = 取消安装
    .short = 取消
action-force-finish = 放弃安装：未完成的席位记为未知
    .short = 放弃
action-freeze = 冻结：不再向任何席位下发；或解除冻结
    .short = 冻结
action-why = 原因：与它有关的一切
    .short = 原因
action-records = 存储中的原始记录（JSON）
    .short = 记录
action-trail = 谁对它做过什么
    .short = 经过
action-copy = 复制编号，或所有已标记的编号
    .short = 复制编号
action-export = 将显示的行导出为 CSV 文件
    .short = 导出
action-export-json = 将显示的行导出为 JSON 文件
    .short = 导出 JSON
action-dump = 将屏幕写入文件（纯文本和带颜色各一份）
    .short = 截屏
action-filter = 过滤行
    .short = 过滤
action-sort = 按下一列排序
    .short = 排序
action-columns = 列：显示、隐藏、按任一列排序
    .short = 列
action-open = 打开或确认
action-back = 返回；取消过滤
    .short = 返回
action-up = 向上
action-down = 向下
action-page-up = 上一页
action-page-down = 下一页
action-first = 到第一行
action-last = 到最后一行
action-left = 左边的窗格
action-right = 右边的窗格
action-next-pane = 下一个窗格
    .short = 下一窗格
action-previous-pane = 上一个窗格
    .short = 上一窗格
action-segments = 显示软件段
    .short = 软件段
action-versions = 显示所选段前缀的版本
    .short = 版本
action-seats = 显示席位
    .short = 席位
action-installs = 显示安装
    .short = 安装情况
action-mark = 标记，或取消标记
    .short = 标记
action-range = 开始一个区间，再按结束
    .short = 区间
action-mark-shown = 标记所有显示的，或全部取消
    .short = 全部
action-invert = 反转所显示各行的标记
    .short = 反选
action-choose = 指定席位：seat-001..seat-500、group:分组、tag:标签；也可粘贴列表
    .short = 指定
action-from-bound = 从绑定席位开始
    .short = 绑定席位
action-from-installed = 从已安装席位开始
    .short = 已安装席位
action-edit = 编辑段前缀、版本、名称和描述
    .short = 编辑
action-leave-out = 排除该文件，或重新纳入
    .short = 排除
action-yes = 是
    .short = 是
action-no = 否
    .short = 否
action-other-button = 另一个按钮
    .short = 换按钮
action-copy-command = 复制命令行
    .short = 复制命令
action-rollout = 如何推进：批次、上限、放行、时间
    .short = 批次
action-skip-blocked = 略过受阻的席位，或重新纳入
    .short = 略过受阻
action-skip-offline = 略过离线的席位，或重新纳入
    .short = 略过离线
action-complete = 补全输入
    .short = 补全
action-next-field = 下一个字段
    .short = 下一字段
action-previous-field = 上一个字段
action-log = 日志
    .short = 日志
action-palette = 输入几个字母查找操作和编号
    .short = 操作
action-help = 所有按键
    .short = 帮助
action-theme = 选择配色
    .short = 配色
action-language = 切换语言：English, 简体中文
    .short = 语言
action-redraw = 重画屏幕
    .short = 重画
action-suspend = 回到命令行，用 fg 返回
    .short = 挂起
action-quit = 退出
    .short = 退出

## What a key does in one place, for the line of keys

hint-open = 打开
hint-confirm = 确认
hint-plan = 查看计划
hint-bind = 绑定
hint-do = 执行
hint-into = 进入文件夹
hint-look-over = 查看
hint-to-list = 到列表
hint-done = 完成
hint-undo = 撤销
hint-upload = 上传
hint-take-in = 纳入
hint-more = 更多
hint-behind = 转入后台
hint-cancel = 取消
hint-show-hide = 显示或隐藏
hint-remove-held = 移除保留项
hint-keep = 采用
hint-close = 关闭
hint-stop = 停止
hint-others = 处理其余

scope-panes = 窗格
scope-list = 表格和文本
scope-global = 任何地方
scope-chooser = 选择席位
scope-columns = 选择列
scope-files = 选择文件
scope-upload = 上传的文件
scope-fields = 表单字段
scope-detail = 一次安装
scope-why = 原因
scope-matrix = 席位与软件段对照
scope-trash = 回收站
scope-confirm = 询问
scope-text = 输入框
scope-overlay = 弹窗

title-help = 按键
help-filter = 过滤：每个词都须符合；输入大写字母时区分大小写。column:value 只查一列，!word 须不符合，~word 按顺序匹配字母。

## Why an action is not possible now

reason-read-only = 这里不能更改：本控制台为只读。
reason-older-program = 这里不能更改：记录由更新版本的 segdeck 写入。请安装新版本。
reason-look-only = 这里不能更改：{ $store } 只允许其用户查看。请申请写入权限。
reason-nothing-selected = 没有选中任何内容。
reason-no-rows = 没有可导出的行。
reason-mark-where = 只能标记软件段和席位：转到 1、2 或 3。
reason-no-failed-seat = 请在安装窗口中选择一个失败的席位。
reason-no-drift = 此处一切符合要求。
reason-no-matrix = 请先在对照表中选择一格。
reason-no-trash = 请先在回收站中选择一个条目。
reason-no-plan = 没有打开的计划。
reason-none-blocked = 没有受阻的席位。
reason-blocked = 有席位受阻：略过它们，或先解决原因。
reason-empty-plan = 无需改变。
reason-none-offline = 没有离线的席位。
reason-no-segment = 没有选中软件段。
reason-no-seats = 还没有席位；用 `segdeck seat import FILE` 添加。
reason-being-deleted = { $id } 正在删除。
reason-cannot-deploy = { $id } 在15s软件商店中，不能安装；只有 SDP 的软件段（.zip）可以。
reason-removed = { $id } 已从平台移除，只能卸载：按 i。
reason-not-published = { $id } 还没有发布到平台；按 w 查看原因。
reason-installed = { $id } 已安装在 { $n } 个席位上；先卸载：按 i，再取消全部标记。
reason-being-installed = { $id } 正在安装（{ $record }）；请等待或先取消。
reason-delete-where = 只能删除软件段：转到软件段（1）或版本（2）。
reason-not-failed = { $id } 没有失败的部分。
reason-not-finished = 安装还没有结束。
reason-no-wave = 没有剩余的批次可以开始。
reason-nothing-failed = 这次安装没有失败的席位。
reason-no-install = 没有选中安装；安装在窗格 4。
reason-finished = 安装已结束。
reason-uploading = 上传正在进行；已提交的内容不能更改。
reason-cancelling = 安装已在取消中。

## News

toast-sent = 已提交。
toast-no-shell = 本控制台后面没有命令行；按 q 退出。
toast-copied = 已复制 { $what }
toast-copied-n = 已复制 { $n } 个编号，每行一个
toast-none-of-marked = { $n ->
        [1] { $reason }
       *[other] 已标记的 { $n } 个都不行：{ $reason }
    }
toast-batch-running = 仍在进行；按 Esc 停止。
toast-batch-deleting = { $left ->
        [0] 正在删除 { $n } 个。
       *[other] 正在删除 { $n } 个；其余 { $left } 个未开始。
    }
toast-batch-retrying = { $left ->
        [0] 正在重试 { $n } 个。
       *[other] 正在重试 { $n } 个；其余 { $left } 个未开始。
    }
toast-command-copied = 已复制命令行
toast-cancelling = 正在取消。
toast-no-such-path = 没有这样的文件或文件夹。
toast-uploaded = 已上传 { $id }；接下来发布。
toast-all-uploaded = 已上传 { $n } 个文件；接下来发布。
toast-not-all-uploaded = 已上传 { $done }/{ $n }；按 u 查看原因。
toast-mark-files = 只能标记文件；按 Enter 进入文件夹。
toast-paste-too-long = 粘贴的内容超过 1 MiB，未采用。
toast-choose-files = 请选择一个文件，或用空格标记多个。
toast-pasted = 已粘贴 { $n } 行；每行算作一个已标记的文件。
toast-file-refused = 该文件被拒绝：没有可编辑的内容。
toast-still-reading = 文件仍在读取。
toast-files-open = 还有 { $n } 个文件在检查；请等待，或用空格排除。
toast-no-file-ready = 没有可以上传的文件。
toast-upload-cancelled = 上传已取消，没有留下任何内容。
toast-bound = { $prefix } 现在面向 { $n } 个席位。
toast-deleting = 正在删除 { $id }。
toast-restored = { $id } 已恢复，正在重新发布。
toast-emptying = 正在从回收站彻底删除 { $id }。
toast-retrying = 正在重试 { $id }。
toast-resumed = 安装继续。
toast-next-wave = 下一批开始。
toast-paused = 安装暂停：不再开始新的席位。
toast-force-finished = 安装已放弃；未完成的席位为未知。
toast-frozen = 已冻结：不再向任何席位下发；正在进行的会完成。
toast-unfrozen = 已解除冻结：恢复下发。
toast-type-reason = 请先输入原因；审计记录会保留。
toast-cancelled = 正在取消安装。
toast-install-retried = 正在重试失败的席位。
toast-installing = { $id }：已请求安装。
toast-nothing-to-do = { $id }：无需改变，没有写入。
toast-exported = 已写入 { $file }
toast-dumped = 屏幕已写入 { $file }，带颜色的在同名 .ansi 文件中
toast-saved = 剪贴板放不下：已写入 { $file }
toast-type-word = 输入 { $word } 继续，或按 Esc。
title-not-bound = 席位没有绑定
title-not-deleted = 没有删除
title-not-restored = 没有恢复
title-not-emptied = 没有彻底删除
title-not-retried = 没有重试
title-not-controlled = 安装没有接受命令
title-not-frozen = 冻结状态未改变
title-not-exported = 没有导出
title-not-dumped = 屏幕没有写入文件
title-not-saved = 没有复制
title-not-installed = 没有开始安装

## Upload: choosing files

title-files = 上传：选择文件
files-path = 文件：
files-none-marked = 按 Enter 使用所输入或光标处的文件。
files-marked = 已标记 { $n } 个文件；按 Enter 继续。
files-hint = 输入路径，或用向下键和空格标记多个；粘贴的行也会被标记。
files-nothing = 这里没有 .zip 或 .mpk 文件。
files-more = 还有 { $n } 个；请输入名称的开头

## Upload: looking files over

title-review = 上传：软件清单（信息确认，{ $n } 个文件）
verdict-waiting = 等待
verdict-read = 正在读取
verdict-reading = 读取 { $n }%
verdict-refused = 被拒绝
verdict-no-prefix = 缺段前缀
verdict-wrong-prefix = 段前缀有误
verdict-no-version = 缺版本
verdict-wrong-version = 版本有误
verdict-twice = 重复
verdict-exists = 已存在
verdict-asking = 查询中
verdict-unanswered = 存储未应答
verdict-ready = 就绪
verdict-ready-missing = 就绪，缺 { $n }
verdict-left-out = 已排除
verdict-queued = 排队
verdict-under-way = 进行中
verdict-uploading = 上传 { $n }%
verdict-uploaded = 已上传
verdict-failed = 失败
verdict-cancelled = 已取消
why-exists = { $id } 已存在。换一个版本（Tab），或排除该文件（空格）。
why-twice = { $other } 也会成为 { $id }。给其中一个换版本（Tab），或排除一个（空格）。
why-unanswered = 已向存储查询是否存在：{ $reason }
why-left-out = 已排除；按空格重新纳入。
why-cancelled = 已取消，没有留下任何内容。
becomes = { $id }，在 { $remote }
container = { $kind }，{ $n } 个条目，解包后 { $size }
requires-missing = { $what }：缺少，{ $reason }
requires-beside = { $what }：还没有；{ $file } 在这次上传中
requires-unknown = 是否具备尚不清楚：{ $reason }
requires-unread = 是否具备尚不清楚：正在读取记录
button-reading = 请等待：正在检查 { $n } 个文件
button-upload = { $n ->
        [0] 没有可上传的
       *[other] 上传 { $n } 个文件
    }
upload-not = { $n } 个不上传：{ $why }
upload-more-commands = 还有 { $n } 条
upload-facts-more = 还有 { $n } 行

## Upload: under way, and its end

title-uploading = 正在上传
title-uploaded = 上传：结果
upload-which = { $n ->
        [1] { $file }
       *[other] { $file }（{ $at }/{ $n }）
    }
upload-copying = 复制
upload-checking = 检查副本
upload-recording = 写入记录
upload-cancelling = 正在取消
upload-moved = { $phase }：{ $done }/{ $total }
upload-speed = { $moved }，{ $speed }/s
upload-left = { $moved }，还剩 { $left }
span-seconds = { $s } 秒
span-minutes = { $m } 分 { $s } 秒
span-hours = { $h } 小时 { $m } 分
upload-brief = 正在上传 { $which } { $percent }%

## Choosing seats

title-choose-install = 安装 { $id }：哪些席位应当拥有？
title-choose-bind = 绑定 { $prefix }：面向哪些席位？
seats-loading = 正在读取席位
seats-loading-ahead = 正在读取席位；{ $n } 个按键等待中（Esc 放弃）
counter-marked = 已选 { $n } 个席位
counter-hidden = 其中 { $n } 个被过滤隐藏
counter-hidden-short = 隐藏 { $n }
counter-install = 安装 { $n }
counter-uninstall = 卸载 { $n }
counter-meanwhile = 期间变化 +{ $n } -{ $gone }
counter-bind = 新增 { $n }
counter-unbind = 移除 { $n }
counter-range = 区间：移动后按 v

## Seats by an expression

choice-label = { " " }席位：
choice-forms = seat-001..seat-500 group:分组 tag:标签 !seat-007
choice-marks = 标记 { $n }，取消 { $gone }
choice-unknown = 标记 { $n }，取消 { $gone }；未知：{ $unknown }
toast-chosen = 已标记 { $n }，已取消 { $gone }。
toast-chosen-not-all = 已标记 { $n }，已取消 { $gone }；未知，已略过：{ $unknown }
title-not-chosen = 未知的席位，已略过（{ $unknown }）

## Plan

title-plan = { $id } 的计划
reason-plan-failed = 没有计划：原因见上；可改用其他分批方式
plan-loading = 正在比对
plan-n-install = 安装到 { $n } 个席位
plan-n-uninstall = 从 { $n } 个席位卸载
plan-n-unchanged = 不变 { $n }
plan-n-blocked = 受阻 { $n }
plan-n-left-out = 已略过 { $n }
plan-n-upgrade = { "  " }从 { $id } 升级：{ $n }
plan-n-downgrade = { "  " }从 { $id } 降级：{ $n }
plan-n-offline = 离线 { $n }；它们上线后再处理
question-more-lines = 还有 { $n } 行，请放大终端查看
plan-more = { " " }以及另外 { $n } 个
plan-wave = 第 { $wave } 批：{ $n } 个席位
plan-wave-at-once = ，同时 { $n } 个
plan-wave-stops = ，失败超过 { $most } 则停止
plan-wave-asks = ，之后等待您的指令
plan-wave-waits = ，之后等待 { $time }
plan-command = 等价的命令：
plan-command-cut = 还有更多；按 { $key } 复制全部
plan-empty = 无需改变：每个应装席位都已安装。按 Esc 返回。
plan-all-left-out = 没有剩下要做的：全部已略过。按 Esc 返回。
plan-blocked = 按 { $key } 略过受阻的席位。按 Esc 返回。
plan-type-word = { $n } 个席位将失去它。请输入 { $word }：
plan-type-install = 共 { $n } 个席位。请输入 { $word }：
plan-sent = 已提交
plan-list-blocked = 受阻：
plan-list-left-out = 已略过：
plan-list-uninstall = 卸载：
plan-list-install = 安装：
plan-list-offline = 离线：
crumb-seats = 席位
crumb-plan = 计划
crumb-install = 安装

## How an install takes its seats

title-rollout = 如何推进到各席位
rollout-default = 按设置
rollout-canary-none = 不分先后
rollout-start-at-none = 立即
plan-outdated = 此计划的依据期间已变化。请按 Esc 再按 Enter 重新生成。
plan-past = 此刻已过：将立即开始
rollout-expire-at-none = 不限
rollout-waves = 批次
rollout-max-failures = 失败上限
rollout-gates = 放行
rollout-at-once = 同时进行
rollout-canary = 先行
rollout-start-at = 开始时间
rollout-expire-at = 截止时间
rollout-waves-help = 每批推进到何处，按席位数或占全部的比例：1,10%,100%
rollout-max-failures-help = 一批中失败的席位超过此数则停止，逐批填写，最后一项用于其余各批：0,2%
rollout-gates-help = 每批之后：open 直接继续，ask 等待您的指令，10m 等待这么久：ask,10m,open
rollout-at-once-help = 每批同时进行的席位数，逐批填写：1,50
rollout-canary-help = 先行的席位：一个数目，或 auto（每个组、架构、现有版本各一个）
rollout-start-at-help = 在此之前不下发：2h 表示两小时后，或按本地时间的时刻，如 2026-11-30 22:00
rollout-expire-at-help = 在此之后不再开始：8h 表示八小时后，或按本地时间的时刻，如 2026-12-01 06:00

## Questions

button-no = 否
button-install = 是，执行
button-delete = 删除
button-restore = 恢复
button-retry = 重试
button-next-wave = 开始
button-bind = 绑定
button-cancel = 取消安装
button-cancel-upload = 取消上传
button-unfreeze = 恢复下发
button-remove = 移除
button-quit = 退出
ask-delete = 删除 { $id }？
ask-type-word = 输入 { $word } 后按 Enter：
ask-bind = 绑定 { $prefix }？
bind-to = { $n ->
        [0] 它不再面向任何席位。
       *[other] { $prefix } 的所有版本从此面向 { $n } 个席位。
    }
bind-new = - 新增：{ $n }（{ $seats }）
bind-gone = - 移除：{ $n }（{ $seats }）
bind-changed = 列表已被他人更改：请选“否”，重新查看后再绑定。
bind-what = 这不会安装或卸载任何东西。
ask-retry = 重试 { $id } 的席位？
retry-seats = 失败、超时或未知的席位 { $n } 个。
retry-alike = 仅限因类似原因结束的：{ $reason }
ask-command = 等价的命令，按 { $key } 复制：
ask-freeze = 不再向任何席位下发？
freeze-what = 解除冻结之前，任何人的安装都不再下发新席位。正在进行的会完成。
freeze-running = 目前有 { $n } 个安装未完成。
ask-unfreeze = 恢复下发？
freeze-by = { $who } 自 { $since } 起冻结：{ $reason }
ask-batch-delete = 删除 { $n } 个软件段？
ask-batch-retry = 重新发布 { $n } 个软件段？
batch-more = 以及另外 { $n } 个
batch-files = 文件共 { $size }，以及平台上的软件段
batch-left-out = { $n } 个已标记的软件段除外：
batch-progress = { $n } / { $all }
batch-stopping = 不再开始新的；等待进行中的完成。
batch-stopped = { $n } 个未开始。
batch-refused = 未完成：{ $n } 个
title-batch-delete = 正在删除软件段
title-batch-retry = 正在重新发布
delete-remote = - { $remote } 上的软件段
delete-file = - 它的文件（{ $size }）
delete-installs = - { $n } 条段安装记录及日志
delete-binding = - { $prefix } 的 { $n } 个绑定席位：这是最后一个版本
delete-trash = 记录、文件和绑定席位进入回收站：{ $until } 之前可以恢复。
delete-trash-kept = 记录、文件和绑定席位进入回收站：清空之前可以恢复。
delete-stays = 保留：审计记录和席位历史。
ask-restore = 恢复 { $id }？
restore-record = - 记录，以及绑定席位（若当前未绑定席位）
restore-anew = - 从文件重新读取的记录：别无其他信息
restore-published = 若平台上已没有，则重新发布。安装记录不会恢复。
ask-empty = 彻底删除 { $id }？
empty-for-good = 此后无法恢复任何内容。
empty-content = - 回收站对它的记载
ask-cancel = 取消 { $id } 的安装？
cancel-open = { $n } 个席位尚未完成，也不会再完成。
cancel-done = { $n } 个已完成，保持不变。
ask-next-wave = 开始 { $id } 的下一批？
next-wave-which = 不等放行，立即下发第 { $wave } 批（共 { $waves } 批）。
next-wave-so-far = 目前 { $of } 个席位中 { $good } 个完成，{ $bad } 个未成功。
ask-force-finish = 放弃 { $id } 的安装？
force-open = { $n } 个席位记为未知，无论平台上结果如何。
force-stays = 已安装席位不变；不再发送或查询任何内容。
force-type-reason = 输入原因后按 Enter：
ask-held = 移除被保留的软件段？
held-n = { $remote }：{ $n } 个已在平台上消失，但这里还有
held-what = 它们将在这里被移除，无论是否已安装。
ask-cancel-upload = 取消上传？
cancel-upload-nothing-left = 正在上传的文件不会留下任何内容，其余的不再开始。
cancel-upload-stays = 已上传的保持不变。
ask-quit = 退出？
quit-upload = 上传正在进行，退出会取消它。

## Data sync

title-sync = 数据同步
sync-asking = 正在请求
sync-running = 正在比对
sync-nobody = 等待：目前无人主导。
sync-failed = 失败；按 S 重试：{ $reason }
sync-equal = 没有差异。
sync-added = 新增 { $n }
sync-removed = 移除 { $n }
sync-held = 等待确认 { $n }
sync-refetched = 重新获取文件 { $n }
sync-item-seats = 在 { $n } 个席位上：{ $seats }
sync-item-failed = 失败 { $n }
sync-confirm-hint = 按 Enter 询问是否移除被保留的。

## Seats against segments

title-matrix = 席位与软件段对照
title-matrix-drift = 席位与软件段对照：只显示偏差
matrix-counts = { $seats } 个席位，{ $segments } 个软件段，{ $drifts ->
    [0] 没有偏差
   *[other] { $drifts } 格有偏差
 }
matrix-empty = 没有软件段绑定或安装在任何席位上。
matrix-no-drift = 没有偏差：绑定的都已安装，没有多余的。
matrix-missing = 缺失
matrix-cell-none = { $seat }，{ $prefix }：未绑定，也未安装
matrix-cell-missing = { $seat }，{ $prefix }：已绑定，未安装
matrix-cell-extra = { $seat }，{ $prefix }：已安装 { $version }，但未绑定此席位
matrix-cell-removed = { $seat }，{ $prefix }：已安装 { $version }，但它已从平台移除
matrix-cell-good = { $seat }，{ $prefix }：已安装 { $version }，与绑定一致
matrix-cell-free = { $seat }，{ $prefix }：已安装 { $version }；它没有绑定任何席位
toast-none-to-install = { $prefix } 现在没有可安装的版本。

## The trash

title-trash = 回收站
trash-empty = 回收站是空的。
trash-count = { $n } 个条目，最新的在前
trash-more = 最新的 { $shown } 个条目；另有 { $more } 个较早的，可用 `segdeck trash list` 翻页查看
cause-delete = 删除
cause-sync = 数据同步
cause-sweep = 清理
trash-emptying = 正在清除
trash-kept = 清空之前
trash-deleted = { $id }：{ $by } 于 { $at } 删除
trash-synced = { $id }：平台上已不存在，{ $by } 于 { $at } 移入
trash-swept = { $id }：没有记录的文件，{ $by } 于 { $at } 移入
trash-until = 保留至 { $at }
trash-until-emptied = 保留至清空

## One install

title-install = { $id } 的安装
install-by = { $who }，{ $at }
notice-install = { $id }：安装已结束，{ $n } 个席位中 { $good } 个符合要求
install-silent = { $seat } 自 { $at } 起没有消息
install-alike = { $n } 个席位：
install-more-reasons = 另有 { $n } 种原因
install-speed = 每分钟 { $n } 个
install-left = 剩余 { $time }
install-wave = 第 { $n } 批，共 { $of } 批
install-attempt = 第 { $n } 次尝试
install-gone = 这次安装已不存在：它的软件段已被删除。
install-loading = 正在读取席位

## Log

title-log = 日志
log-empty = 还没有日志。
log-error = 错误
log-warn = 警告
log-info = 信息
log-debug = 调试

## Themes and languages

title-columns = 列
title-themes = 配色
toast-theme = 配色从现在起为 { $name }。
toast-language = 简体中文
toast-not-remembered = 只保留到本次退出：{ $why }

## Palette

title-palette = 操作和编号
palette-empty = 没有这样的操作、软件段、席位或安装。

## Why

title-pending = 接下来
title-records = { $what } 的记录
title-trail = 谁对 { $what } 做过什么
records-loading = 正在读取存储
trail-empty = 审计记录范围内没有人动过它。
trail-before = 之前：
trail-after = 之后：
title-why = 原因：{ $what }
fact-state = 状态
fact-gone = 已不存在
fact-reason = 原因
fact-file-found = 文件
fact-file-missing = 共享存储中缺失。请放回原处并运行 `segdeck segment verify { $id }`，或删除软件段后重新上传。
fact-file-altered = 共享存储中被改动：其字节与上传时不同。请放回正确的文件并运行 `segdeck segment verify { $id }`，或删除软件段后重新上传。
fact-attempts = 第几轮
fact-next-try = 下次尝试
fact-waits-for = 等待
fact-owner = 主导者
fact-try = 第几次尝试
fact-n-of-m = { $n }/{ $of }
fact-deadline = 期限
fact-progress = 最近进展
fact-usual = 通常耗时
usual-in-time = { $mean }
usual-overdue = { $mean }，这一次已超过 { $over }
waits-leader = 主导者：目前没有进程运行控制器
waits-turn = 轮到它：主导者已列入
waits-following = 主导者执行 `{ $command }`
waits-next-try = { $at } 的下次尝试
waits-answer = { $remote } 对操作 { $operation } 的应答
waits-seats = { $n }/{ $of } 个席位：任务正在运行
waits-online = { $n }/{ $of } 个席位：不在线
waits-start = 开始时间：{ $at }
waits-window = 维护窗口：{ $at } 开始
waits-thaw = 解除冻结；用 `segdeck unfreeze` 解除
waits-gate = 第 { $wave } 批（共 { $waves } 批）之后等待放行
waits-gate-until = 第 { $wave } 批（共 { $waves } 批）之后等待放行，{ $at } 自动放行
waits-paused = { $n ->
        [0] 操作员：已暂停
       *[other] 操作员：已暂停；{ $n }/{ $of } 个席位仍在运行
    }
fact-name = 软件名称
fact-type = 类型
fact-vendor = 研制单位
fact-remote = 平台
fact-description = 描述
fact-becomes = 成为
fact-requires = 依赖
fact-conflicts = 冲突
fact-archs = 架构
fact-container = 封装
fact-read-from = 读自
fact-not-understood = 未能理解
fact-sha256 = SHA-256
fact-md5 = MD5
fact-uid = 平台编号
fact-more = 更多
fact-on-it = 已安装
fact-bound-to-it = 绑定
fact-history = 最近经过
fact-file = 文件
fact-origin = 来源
fact-local = 在此上传
fact-found = 由数据同步在平台上发现
fact-seats = 席位
fact-seat-counts = 已安装 { $installed }，绑定 { $bound }
fact-segment = 软件段
fact-created = 提交者
fact-updated = 最近变更
fact-finished = 结束
fact-note = 备注
fact-is-bound = 已绑定
fact-is-installed = 已安装
fact-is-coming = 正在安装
fact-is-going = 正在卸载
fact-has-not = 未绑定也未安装
