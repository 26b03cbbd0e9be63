#include "services/picture/confine.h"

#include <seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

static bool limit(__rlimit_resource_t what, rlim_t most) {
    return setrlimit(what, &(struct rlimit){most, most}) == 0;
}

static bool limit_all(void) {
    return (CONFINE_SANITIZED || limit(RLIMIT_AS, CONFINE_MEMORY_MAX)) &&
           limit(RLIMIT_CPU, CONFINE_SECONDS_MAX) && limit(RLIMIT_CORE, 0) && limit(RLIMIT_NOFILE, 3) &&
           prctl(PR_SET_DUMPABLE, 0) == 0 && close_range(3, ~0U, 0) == 0;
}

/* What malloc and the end of a process need; reading and writing only where it was told to. Memory never
 * becomes code. */
static bool allow_little(scmp_filter_ctx filter) {
    static const int harmless[] = {SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
        SCMP_SYS(futex), SCMP_SYS(rt_sigreturn), SCMP_SYS(exit), SCMP_SYS(exit_group)};
    const struct scmp_arg_cmp no_code = {
        .arg = 2, .op = SCMP_CMP_MASKED_EQ, .datum_a = PROT_EXEC, .datum_b = 0};
    const struct scmp_arg_cmp input = {.arg = 0, .op = SCMP_CMP_EQ, .datum_a = STDIN_FILENO};
    const struct scmp_arg_cmp output = {.arg = 0, .op = SCMP_CMP_EQ, .datum_a = STDOUT_FILENO};
    bool good = !CONFINE_SANITIZED || seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(sigaltstack), 0) == 0;
    for (size_t i = 0; good && i < sizeof harmless / sizeof *harmless; i++)
        good = seccomp_rule_add(filter, SCMP_ACT_ALLOW, harmless[i], 0) == 0;
    return good && seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, no_code) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, no_code) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(read), 1, input) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1, output) == 0;
}

bool confine(void) {
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    bool good = filter && limit_all() && allow_little(filter) && seccomp_load(filter) == 0;
    if (filter)
        seccomp_release(filter);
    return good;
}
