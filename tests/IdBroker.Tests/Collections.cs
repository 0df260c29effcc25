using Kakehashi.TestKit;

[assembly: AssemblyFixture(typeof(Browser))]
