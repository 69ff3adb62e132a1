#include "openapi.h"

/* The compiler reads the file itself and remembers that it did: nothing is kept twice, and a change
   of the file is a change of the program. */
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wc23-extensions"
static const unsigned char document[] = {
#embed "../../openapi.yaml"
    , 0};
#pragma clang diagnostic pop

const char *openapi_text(void) { return (const char *)document; }
