#include "services/triage/triage.h"

int main(int argc, char **argv) {
    return daemon_main(argc, argv, &triage_daemon);
}
