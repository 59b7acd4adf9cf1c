package io.github.signalhub;

/**
 * Counters of a hub at one moment; the totals count from its creation. Immutable.
 *
 * @param clients connected clients
 * @param connected clients that have ever connected
 * @param topics topics with messages or subscribers, internal ones included
 * @param published messages that were accepted, those to single clients included
 * @param refused messages that were not: overloaded, too large, full or closed
 * @param retainedMessages messages in the log
 * @param retainedBytes bytes of the log, with the overheads of messages and topics and with encoded
 *     wire forms, as {@link HubBuilder#maxLogBytes} counts them
 * @param tableBytes what the keys of compacted topics count towards {@link
 *     HubBuilder#maxTableBytes}
 * @param presenceBytes what counts towards {@link HubBuilder#maxPresenceBytes}
 * @param received messages that clients sent and listeners were given
 * @param ignored texts of clients that were no messages, nor requests of control
 * @param failedCallbacks exceptions that listeners and hooks threw, refusals of messages excepted
 */
public record HubStats(
    int clients,
    long connected,
    int topics,
    long published,
    long refused,
    long retainedMessages,
    long retainedBytes,
    long tableBytes,
    long presenceBytes,
    long received,
    long ignored,
    long failedCallbacks) {}
