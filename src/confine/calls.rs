//! System calls that are refused. In: nothing. Out: for this processor, their numbers and conditions. Refuses to guess: for a processor
//! that is not listed there are none.
//!
//! Lists of what may be called would be shorter to argue and longer to keep: libraries and allocators call what they like, and
//! a call forgotten would end a scan. What is refused here is refused by an error number, which they all can take.

use seccompiler::{SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompRule};

/// `EACCES` of `asm-generic/errno-base.h`.
const DENIED: u32 = 13;
/// `ENOSYS` of `asm-generic/errno.h`: libraries then try the call of before.
const UNKNOWN: u32 = 38;
/// `AF_UNIX` of `linux/socket.h`.
const UNIX: u64 = 1;
/// `CLONE_THREAD` of `linux/sched.h`: what is started is a thread and not a process.
const THREAD: u64 = 0x0001_0000;

/// Calls, and what who makes one is told.
pub(super) struct Refused {
    pub(super) answer: u32,
    pub(super) calls: Vec<(i64, Vec<SeccompRule>)>,
}

/// Numbers of calls, of `arch/x86/entry/syscalls/syscall_64.tbl` and `include/uapi/asm-generic/unistd.h`.
struct Numbers {
    socket: i64,
    clone: i64,
    clone3: i64,
    /// What a scan has no use for: rights over other processes, keys, the kernel itself, mounts, rings by which calls go
    /// round a filter.
    system: &'static [i64],
    /// What a worker has no use for beyond that: files, sockets, processes, signals.
    worker: &'static [i64],
}

#[cfg(target_arch = "x86_64")]
#[rustfmt::skip]
const NUMBERS: Option<Numbers> = Some(Numbers {
    socket: 41, clone: 56, clone3: 435,
    system: &[
        101, 310, 311, 312, 438,            // ptrace, process_vm_readv, process_vm_writev, kcmp, pidfd_getfd
        248, 249, 250,                      // add_key, request_key, keyctl
        175, 176, 313, 246, 320,            // init_module, delete_module, finit_module, kexec_load, kexec_file_load
        165, 166, 155, 161, 272, 308,       // mount, umount2, pivot_root, chroot, unshare, setns
        428, 429, 430, 431, 432, 442,       // open_tree, move_mount, fsopen, fsconfig, fsmount, mount_setattr
        298, 321, 323, 304,                 // perf_event_open, bpf, userfaultfd, open_by_handle_at
        425, 426, 427,                      // io_uring_setup, io_uring_enter, io_uring_register
    ],
    worker: &[
        2, 85, 257, 437,                    // open, creat, openat, openat2
        76, 82, 83, 84, 86, 87, 88, 90,     // truncate, rename, mkdir, rmdir, link, unlink, symlink, chmod
        92, 94, 133, 188, 189, 190,         // chown, lchown, mknod, setxattr, lsetxattr, fsetxattr
        258, 259, 260, 263, 264, 265, 266,  // mkdirat, mknodat, fchownat, unlinkat, renameat, linkat, symlinkat
        268, 316, 452,                      // fchmodat, renameat2, fchmodat2
        42, 43, 49, 50, 53, 288,            // connect, accept, bind, listen, socketpair, accept4
        57, 58, 59, 322,                    // fork, vfork, execve, execveat
        62, 424,                            // kill, pidfd_send_signal
    ],
});

#[cfg(target_arch = "aarch64")]
#[rustfmt::skip]
const NUMBERS: Option<Numbers> = Some(Numbers {
    socket: 198, clone: 220, clone3: 435,
    system: &[
        117, 270, 271, 272, 438,            // ptrace, process_vm_readv, process_vm_writev, kcmp, pidfd_getfd
        217, 218, 219,                      // add_key, request_key, keyctl
        105, 106, 273, 104, 294,            // init_module, delete_module, finit_module, kexec_load, kexec_file_load
        40, 39, 41, 51, 97, 268,            // mount, umount2, pivot_root, chroot, unshare, setns
        428, 429, 430, 431, 432, 442,       // open_tree, move_mount, fsopen, fsconfig, fsmount, mount_setattr
        241, 280, 282, 265,                 // perf_event_open, bpf, userfaultfd, open_by_handle_at
        425, 426, 427,                      // io_uring_setup, io_uring_enter, io_uring_register
    ],
    worker: &[
        56, 437,                            // openat, openat2
        45, 33, 34, 35, 36, 37, 38, 276,    // truncate, mknodat, mkdirat, unlinkat, symlinkat, linkat, renameat, renameat2
        53, 54, 452, 5, 6, 7,               // fchmodat, fchownat, fchmodat2, setxattr, lsetxattr, fsetxattr
        203, 202, 200, 201, 199, 242,       // connect, accept, bind, listen, socketpair, accept4
        221, 281,                           // execve, execveat
        129, 424,                           // kill, pidfd_send_signal
    ],
});

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
const NUMBERS: Option<Numbers> = None;

/// What a scan may not call: sockets but those of this machine, and the system.
pub(super) fn of_scan() -> Vec<Refused> {
    let Some(numbers) = NUMBERS else { return Vec::new() };
    let mut calls: Vec<_> = numbers.system.iter().map(|call| (*call, Vec::new())).collect();
    calls.extend(where_argument(numbers.socket, SeccompCmpOp::Ne, UNIX));
    vec![Refused { answer: DENIED, calls }]
}

/// What a worker may not call: all of that, files, any socket, any process.
pub(super) fn of_worker() -> Vec<Refused> {
    let Some(numbers) = NUMBERS else { return Vec::new() };
    let all = numbers.system.iter().chain(numbers.worker).chain([&numbers.socket]);
    let mut calls: Vec<_> = all.map(|call| (*call, Vec::new())).collect();
    calls.extend(where_argument(numbers.clone, SeccompCmpOp::MaskedEq(THREAD), 0));
    // Its flags lie in memory, where no filter sees them; threads are started by the call of before.
    let newer = Refused { answer: UNKNOWN, calls: vec![(numbers.clone3, Vec::new())] };
    vec![Refused { answer: DENIED, calls }, newer]
}

/// A call, refused where its first argument is so.
fn where_argument(call: i64, is: SeccompCmpOp, value: u64) -> Option<(i64, Vec<SeccompRule>)> {
    let condition = SeccompCondition::new(0, SeccompCmpArgLen::Dword, is, value).ok()?;
    Some((call, vec![SeccompRule::new(vec![condition]).ok()?]))
}
