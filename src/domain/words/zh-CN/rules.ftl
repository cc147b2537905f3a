### What the rules of the domain say: names, filters, rollouts, what stands in a plan's way.

## Names

name-prefix = 段前缀
name-version = 版本
name-seat = 席位编号
name-empty = { $what }为空
name-too-long = { $what }长 { $bytes } 字节，最多 { $max } 字节
name-character = { $what }只能包含字母、数字和 . _ - +，不能有 { $character }
no-revision = { $text } 不是修订；请按列表所示写作 N 或 INCARNATION:N
name-leading-dot = { $what }不能以点开头
name-no-at = { $text } 不是软件段编号；应写作 段前缀@版本
name-no-record = { $text } 不是记录编号（26 个字母和数字）
requirement-written = { $error }；应写作 段前缀 或 段前缀 >=版本
name-sdp = SDP
name-store15s = 15s软件商店

## Times, and how the seats of an install are taken

span-wrong = { $text } 不是时长；请写成 500ms、10s、5m 或 1h
moment-ahead-wrong = { $text } 不是时刻；请写成 2026-11-01、2026-11-01T08:00:00Z，或 2h（两小时后）
moment-here-wrong = { $text } 不是时刻；请按本地时间写成 2026-11-01 08:00，或 2h（两小时后）
moment-past-wrong = { $text } 不是时刻；请写成 2026-11-01、2026-11-01T08:00:00Z，或 2h（两小时前）
schedule-deadline = { $name } 须在 1s 到 365d 之间
schedule-expired = 它将在开始之前就于 { $at } 截止
share-wrong = { $text } 既不是数目，也不是 10% 这样的比例
percent-wrong = { $text } 不是 10% 这样的比例
gate-wrong = { $text } 不是放行方式：open、ask 或 10m 这样的时长
number-wrong = { $text } 不是数目
canary-wrong = { $text } 既不是席位数，也不是 auto
waves-too-many = 共 { $n } 批；最多 { $max } 批
waves-entries = { $name }有 { $entries } 项，而批次只有 { $waves } 批
waves-name-max-failures = 失败上限
waves-name-gates = 放行
waves-name-at-once = 同时进行
waves-no-seats = 有一批没有席位；请写成 1,10%,100%
waves-fall = 推进到 { $next } 的一批排在推进到 { $one } 的之后；每批须比前一批更进一步
waves-none-at-once = 同时进行的席位数为 0；至少为 1
gate-between-waves = 放行只在两批之间；请填写批次或先行（--waves 或 --canary）

## What stands in the way of a plan

fits-doubt-requires = { $id } 声明依赖“{ $text }”，无法理解，未作检查
fits-doubt-conflicts = { $id } 声明与“{ $text }”冲突，无法理解，未作检查
fits-installed = { $id }（已安装）
fits-coming = { $id }（正在安装）
fits-leaving = { $id }（正在卸载）
fits-both = { $one }和{ $other }
fits-needs = 依赖 { $required }，尚未安装
fits-needs-other = 依赖 { $required }，现有的是 { $instead }
fits-conflicts = 与 { $other } 冲突
fits-is-refused = { $other } 与它冲突
fits-replaces = 将替换 { $old }，但 { $other } 依赖 { $needed }
fits-needed = { $other } 依赖 { $needed }
