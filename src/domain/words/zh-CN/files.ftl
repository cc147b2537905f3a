### What is wrong with a segment file, and with the places where files and records lie.

## Where files lie

storage-unavailable = 共享存储 { $url } 不可用：{ $reason }
storage-full = 共享存储 { $url } 已满：{ $reason }；请腾出空间，或移到更大的地方
storage-no-file = 共享存储 { $url } 中没有文件 { $key }
file-unreadable = 无法读取文件：{ $reason }
storage-cancelled = 已取消
storage-too-large = 文件大于 { $max } 字节（设置 upload.max_file_size）

## Where records lie

store-unavailable = { $store } 不可用：{ $reason }
store-unknown = { $store } 没有应答更改，不知是否已完成：{ $reason }
store-denied = { $store } 拒绝访问：{ $reason }
store-compacted = 修订 { $revision } 已被压缩清除
store-too-large = 请求超出存储的限度：{ $reason }
store-invalid = 存储不理解该请求：{ $reason }
store-corrupt = 无法读取记录 { $key }：{ $reason }
store-not-leader = 本进程不再主导控制器

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
