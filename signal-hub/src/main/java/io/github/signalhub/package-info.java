/**
 * The classes that users of the library read. Start with {@link io.github.signalhub.Hub}:
 *
 * <pre>{@code
 * Hub hub = Hub.create();
 * hub.onMessage((client, message) -> {
 *   if (message.type().equals("SAY") && message.payload() instanceof String text) {
 *     hub.broadcast("SAY", text); // and nothing else of what clients send
 *   }
 * });
 * hub.broadcast("TICK", Map.of("n", 1));
 * }</pre>
 *
 * <p>Clients reach a hub through a {@linkplain io.github.signalhub.spi.Transport transport}, such
 * as the server of the module {@code io.github.signalhub.jdkserver}.
 */
@NullMarked
package io.github.signalhub;

import org.jspecify.annotations.NullMarked;
