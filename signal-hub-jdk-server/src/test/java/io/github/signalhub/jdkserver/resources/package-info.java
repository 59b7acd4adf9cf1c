/**
 * The cost of attacks: a server in a process of 64 MiB, attacks from another process, and the
 * figures of the server. {@link io.github.signalhub.jdkserver.resources.AttackedServer} is the
 * attacked process.
 */
package io.github.signalhub.jdkserver.resources;
