#ifndef COMMAND_CENTER_OPENAPI_H
#define COMMAND_CENTER_OPENAPI_H

/* The description of the API: openapi.yaml of the repository as it was when this was built; ends
   with a zero. */
const char *_Nonnull openapi_text(void);

#endif
