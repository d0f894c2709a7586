#ifndef WEB_REPLY_H
#define WEB_REPLY_H

#include "web/web.h"

/* Sends what the handler wrote, or the problem body (RFC 9457) of a refusal; sets w->status to what was sent. */
void reply_send(struct web *w, enum err e);

#endif
