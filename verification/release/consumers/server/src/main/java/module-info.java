module consumer {
  requires io.github.signalhub.jdkserver;

  exports consumer;
}
