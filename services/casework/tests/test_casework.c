#include "services/casework/casework.h"
#include "tests/fixture/engine_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

int main(void) {
    return 0;
}
