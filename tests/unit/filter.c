/* Becomes a program under a filter of system calls, as systemd starts a service: filter PROGRAM ARGS...
 *
 * The test writes the headers from the unit: `calls.h` has the allowed calls, `families.h` the allowed families of
 * sockets. REFUSED is what becomes of every other call. */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#endif

#define REFUSE(code) (SECCOMP_RET_ERRNO | (code))

static const unsigned calls[] = {
#include "calls.h"
};

static const unsigned families[] = {
#include "families.h"
};

static struct sock_filter code[4096];
static unsigned short length;

static void add(unsigned short what, unsigned value, unsigned char yes, unsigned char no)
{
    code[length++] = (struct sock_filter)BPF_JUMP(what, value, yes, no);
}

static void load(size_t where)
{
    add(BPF_LD | BPF_W | BPF_ABS, where, 0, 0);
}

static void end(unsigned action)
{
    add(BPF_RET | BPF_K, action, 0, 0);
}

/* If the loaded word is this, ends so. */
static void end_if(unsigned value, unsigned action)
{
    add(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
    end(action);
}

int main(int count, char **arguments)
{
    size_t argument = offsetof(struct seccomp_data, args);
    unsigned char families_count = sizeof families / sizeof *families;
    struct sock_fprog program = {.filter = code};

    load(offsetof(struct seccomp_data, arch));
    add(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0);
    end(SECCOMP_RET_KILL_PROCESS);

    load(offsetof(struct seccomp_data, nr));
    add(BPF_JMP | BPF_JEQ | BPF_K, __NR_socket, 0, 2 + 2 * families_count);
    load(argument);
    for (size_t at = 0; at < families_count; at++)
        end_if(families[at], SECCOMP_RET_ALLOW);
    end(REFUSE(EAFNOSUPPORT));

    /* Memory that can be written is never code. */
    add(BPF_JMP | BPF_JEQ | BPF_K, __NR_mmap, 1, 0);
    add(BPF_JMP | BPF_JEQ | BPF_K, __NR_mprotect, 0, 5);
    load(argument + 2 * sizeof(__u64));
    add(BPF_ALU | BPF_AND | BPF_K, PROT_WRITE | PROT_EXEC, 0, 0);
    end_if(PROT_WRITE | PROT_EXEC, REFUSE(EPERM));
    end(SECCOMP_RET_ALLOW);

    for (size_t at = 0; at < sizeof calls / sizeof *calls; at++)
        end_if(calls[at], SECCOMP_RET_ALLOW);
    end(REFUSED);

    program.len = length;
    if (count < 2 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0
        || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
        perror("filter");
        return 126;
    }
    execv(arguments[1], arguments + 1);
    perror(arguments[1]);
    return 127;
}
