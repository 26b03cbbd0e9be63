#include "services/router/router.h"

int main(int argc, char **argv) {
    return daemon_main(argc, argv, &router_daemon);
}
