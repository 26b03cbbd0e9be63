#include "services/intake/intake.h"

int main(int argc, char **argv) {
    return daemon_main(argc, argv, &intake_daemon);
}
