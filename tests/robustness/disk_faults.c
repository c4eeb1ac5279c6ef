// Preloaded into a command: counts the calls that write below the folders in FAULT_ROOTS (joined by ":"), and
// from the call FAULT_AT on does what FAULT_MODE says: "eio" fails that one, "full" fails it and all later ones
// that need room, "kill" ends the process before it. Each counted call writes a byte to the file FAULT_LOG: its size
// is the number of the call, also where a command starts other processes.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int counts(const char *path) {
    const char *roots = getenv("FAULT_ROOTS");
    char root[4096];
    while (path && roots && *roots) {
        size_t length = strcspn(roots, ":");
        if (length && length < sizeof root && !strncmp(path, roots, length)) return 1;
        roots += length + (roots[length] == ':');
    }
    return 0;
}

// Returns the error number with which the call fails, 0 if it goes on.
static int fault(const char *path, int needs_room) {
    const char *log = getenv("FAULT_LOG"), *at = getenv("FAULT_AT"), *mode = getenv("FAULT_MODE");
    if (!counts(path) || !log) return 0;
    int fd = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    syscall(SYS_write, fd, ".", 1);
    long calls = lseek(fd, 0, SEEK_CUR);
    syscall(SYS_close, fd);
    if (!at || !mode || calls < atol(at)) return 0;
    if (!strcmp(mode, "full")) return needs_room ? ENOSPC : 0;
    if (calls > atol(at)) return 0;
    if (!strcmp(mode, "kill")) kill(getpid(), SIGKILL);
    return EIO;
}

static int fault_fd(int fd, int needs_room) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return fault(path, needs_room);
}

#define REAL(name) __typeof__(&name) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)
#define CHECK(condition) do { int code = (condition); if (code) { errno = code; return -1; } } while (0)

#define OPEN(name) int name(const char *path, int flags, ...) { \
    mode_t mode = 0; if (flags & O_CREAT) { va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); } \
    if (flags & O_CREAT) CHECK(fault(path, 1)); \
    REAL(name); return real(path, flags, mode); }
OPEN(open)
OPEN(open64)
ssize_t write(int fd, const void *data, size_t size) { CHECK(fault_fd(fd, 1)); REAL(write); return real(fd, data, size); }
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) { CHECK(fault_fd(fd, 1)); REAL(pwrite); return real(fd, data, size, at); }
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) { CHECK(fault_fd(fd, 1)); REAL(pwrite64); return real(fd, data, size, at); }
int fsync(int fd) { CHECK(fault_fd(fd, 0)); REAL(fsync); return real(fd); }
int fdatasync(int fd) { CHECK(fault_fd(fd, 0)); REAL(fdatasync); return real(fd); }
int rename(const char *old, const char *new) { CHECK(fault(new, 0)); REAL(rename); return real(old, new); }
int renameat2(int a, const char *old, int b, const char *new, unsigned flags) { CHECK(fault(new, 0)); REAL(renameat2); return real(a, old, b, new, flags); }
int link(const char *old, const char *new) { CHECK(fault(new, 1)); REAL(link); return real(old, new); }
int linkat(int a, const char *old, int b, const char *new, int flags) { CHECK(fault(new, 1)); REAL(linkat); return real(a, old, b, new, flags); }
int unlink(const char *path) { CHECK(fault(path, 0)); REAL(unlink); return real(path); }
int mkdir(const char *path, mode_t mode) { CHECK(fault(path, 1)); REAL(mkdir); return real(path, mode); }
int rmdir(const char *path) { CHECK(fault(path, 0)); REAL(rmdir); return real(path); }
