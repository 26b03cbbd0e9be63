/* sigap-triage-explain SITE < reports.jsonl: what `sigapctl triage explain --json` does, without the rest of
 * sigapctl. */
#include "services/triage/assess.h"

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: %s SITE < reports.jsonl > assessments.jsonl\n", argv[0]);
        return 2;
    }
    return triage_explain_main(argv[1], true, stdin, stdout);
}
