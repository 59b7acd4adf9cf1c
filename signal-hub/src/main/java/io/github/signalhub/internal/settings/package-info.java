/**
 * The checks of settings, at the place where they are set.
 *
 * <p>Invariant: a refusal names the setting, the range and the value. This room imports no other.
 *
 * <p>Read {@link io.github.signalhub.internal.settings.Setting} first.
 */
package io.github.signalhub.internal.settings;
