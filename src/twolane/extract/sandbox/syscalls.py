"""The numbers of the system calls that a confined process is refused, for each architecture.

Each entry is a name, its number on x86_64, and its number on aarch64; "-" where it is not there.
"""

from __future__ import annotations

from typing import Literal

Architecture = Literal["x86_64", "aarch64"]
_COLUMNS: dict[Architecture, int] = {"x86_64": 1, "aarch64": 2}

# No new socket, and nothing sent over one: the files come by recvmsg, over a socket that was there.
_NETWORK = """
accept:43:202 accept4:288:242 bind:49:200 connect:42:203 listen:50:201 sendmmsg:307:269 sendmsg:46:211
sendto:44:206 setsockopt:54:208 socket:41:198 socketpair:53:199
"""

# No way to another process, nor out of the group that is killed as one.
_PROCESSES = """
execveat:322:281 fork:57:- ioprio_set:251:30 kcmp:312:272 migrate_pages:256:238 move_pages:279:239
personality:135:92 pidfd_getfd:438:438 pidfd_open:434:434 pidfd_send_signal:424:424
process_madvise:440:440 process_mrelease:448:448 process_vm_readv:310:270 process_vm_writev:311:271
ptrace:101:117 rt_sigqueueinfo:129:138 rt_tgsigqueueinfo:297:240 sched_setaffinity:203:122
sched_setattr:314:274 sched_setparam:142:118 sched_setscheduler:144:119 setns:308:268 setpgid:109:154
setpriority:141:140 setsid:112:157 tkill:200:130 unshare:272:97 vfork:58:-
"""

# Nothing of the system as a whole, and no way around what looks at paths.
_SYSTEM = """
_sysctl:156:- acct:163:89 add_key:248:217 adjtimex:159:171 bpf:321:280 chroot:161:51 clock_adjtime:305:266
clock_settime:227:112 delete_module:176:106 fanotify_init:300:262 fanotify_mark:301:263
finit_module:313:273 fsconfig:431:431 fsmount:432:432 fsopen:430:430 fspick:433:433 init_module:175:105
inotify_add_watch:254:27 inotify_init:253:- inotify_init1:294:26 io_setup:206:0 io_submit:209:2
io_uring_enter:426:426 io_uring_register:427:427 io_uring_setup:425:425 ioperm:173:- iopl:172:-
kexec_file_load:320:294 kexec_load:246:104 keyctl:250:219 lookup_dcookie:212:18 memfd_create:319:279
memfd_secret:447:447 modify_ldt:154:- mount:165:40 mount_setattr:442:442 move_mount:429:429
name_to_handle_at:303:264 nfsservctl:180:42 open_by_handle_at:304:265 open_tree:428:428
perf_event_open:298:241 pivot_root:155:41 quotactl:179:60 quotactl_fd:443:443 reboot:169:142
request_key:249:218 setdomainname:171:162 sethostname:170:161 settimeofday:164:170 swapoff:168:225
swapon:167:224 sysfs:139:- syslog:103:116 umount2:166:39 uselib:134:- userfaultfd:323:282 ustat:136:-
vhangup:153:58
"""

# What Landlock does not see: rights, owners, times, attributes and locks of files.
_METADATA = """
chmod:90:- chown:92:- fchmod:91:52 fchmodat:268:53 fchmodat2:452:452 fchown:93:55 fchownat:260:54
flock:73:32 fremovexattr:199:16 fsetxattr:190:7 futimesat:261:- lchown:94:- lremovexattr:198:15
lsetxattr:189:6 mknod:133:- mknodat:259:33 removexattr:197:14 setxattr:188:5 truncate:76:45 utime:132:-
utimensat:280:88 utimes:235:-
"""

# No memory or queue that is shared with others by name.
_SHARED = """
mq_getsetattr:245:185 mq_notify:244:184 mq_open:240:180 mq_timedreceive:243:183 mq_timedsend:242:182
mq_unlink:241:181 msgctl:71:187 msgget:68:186 msgrcv:70:188 msgsnd:69:189 semctl:66:191 semget:64:190
semop:65:193 semtimedop:220:192 shmat:30:196 shmctl:31:195 shmget:29:194
"""
# Refused by what they are asked for.
_LOOKED_AT = """
clone:56:220 execve:59:221 fcntl:72:25 ioctl:16:29 kill:62:129 open:2:- openat:257:56 prctl:157:167
prlimit64:302:261 tgkill:234:131
"""
# Their arguments lie in memory, where no filter looks; libraries use older ones where these are not there.
_UNSEEN = "clone3:435:435 openat2:437:437"
# A call with a higher number is younger than this table.
NEWEST = 462


def refused(architecture: Architecture) -> list[int]:
    """Return the numbers of the calls that fail whatever they ask for."""
    return list(_numbers(_NETWORK + _PROCESSES + _SYSTEM + _METADATA + _SHARED, architecture).values())


def unseen(architecture: Architecture) -> list[int]:
    """Return the numbers of the calls that are not there for a confined process."""
    return list(_numbers(_UNSEEN, architecture).values())


def looked_at(architecture: Architecture) -> dict[str, int]:
    """Return the numbers of the calls that are judged by their arguments, by name."""
    return _numbers(_LOOKED_AT, architecture)


def _numbers(table: str, architecture: Architecture) -> dict[str, int]:
    column = _COLUMNS[architecture]
    entries = (entry.split(":") for entry in table.split())
    return {entry[0]: int(entry[column]) for entry in entries if entry[column] != "-"}
