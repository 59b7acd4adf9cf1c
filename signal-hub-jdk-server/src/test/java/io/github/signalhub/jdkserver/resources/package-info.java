/**
 * What attacks cost: a server in a process of 64 MiB, attacked from another one, and figures for
 * how it fares. {@link io.github.signalhub.jdkserver.resources.AttackedServer} is the process.
 */
package io.github.signalhub.jdkserver.resources;
