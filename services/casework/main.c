#include "services/casework/casework.h"

int main(int argc, char **argv) {
    return daemon_main(argc, argv, &casework_daemon);
}
