package dev.kakehashi.cni.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonNull;
import dev.kakehashi.cni.json.JsonNumber;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.json.JsonString;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

class ConfigFolderTest {
    @TempDir private Path folder;

    private void file(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text.replace('\'', '"'));
    }

    private NetworkConfigList load(String name) throws CniException {
        return ConfigFolder.at(folder).load(name);
    }

    private static NetworkConfigList parse(String text) throws CniException {
        return NetworkConfigList.parse(text.replace('\'', '"').getBytes(UTF_8));
    }

    private static PluginConfig plugin(String text) throws CniException {
        return PluginConfig.parse(text.replace('\'', '"').getBytes(UTF_8));
    }

    private static List<String> types(NetworkConfigList list) {
        return list.plugins().stream().map(PluginConfig::type).toList();
    }

    @Test
    void load_byName_takesTheFirstListInTheOrderOfFileNames() throws Exception {
        file("20-b.conflist", "{'name':'net','plugins':[{'type':'second'}]}");
        file("10-a.conflist", "{'name':'net','plugins':[{'type':'first'}]}");
        file("05-other.conflist", "{'name':'other','plugins':[{'type':'x'}]}");

        assertThat(types(load("net"))).containsExactly("first");
    }

    @Test
    void load_listAndSingleOfOneName_prefersTheList() throws Exception {
        file("01.conf", "{'name':'net','type':'single'}");
        file("99.conflist", "{'name':'net','plugins':[{'type':'list'}]}");

        assertThat(types(load("net"))).containsExactly("list");
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.conf", "10.json"})
    void load_single_isWrappedIntoAListWithItsVersion(String name) throws Exception {
        file("00.conflist", "{'name':'other','plugins':[{'type':'x'}]}");
        file(name, "{'name':'net','type':'bridge','cniVersion':'0.3.1','key':'value'}");

        NetworkConfigList list = load("net");

        assertThat(list.name()).isEqualTo("net");
        assertThat(list.cniVersion()).isEqualTo("0.3.1");
        assertThat(types(list)).containsExactly("bridge");
        assertThat(list.plugins().getFirst().json().string("key")).contains("value");
    }

    @Test
    void load_folderMissingOrEmpty_saysThatThereIsNone() {
        Path missing = folder.resolve("none");

        assertThatThrownBy(() -> ConfigFolder.at(missing).load("net"))
                .isInstanceOf(NoConfigException.class)
                .hasMessage("no net configurations found in " + missing);
        assertThatThrownBy(() -> load("net"))
                .hasMessage("no net configurations found in " + folder);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.conflist", "a.conf", "a.json"})
    void load_noneOfThatName_saysSo(String name) throws Exception {
        file(name, "{'name':'other','type':'x','plugins':[{'type':'x'}]}");

        assertThatThrownBy(() -> load("net"))
                .isInstanceOf(NoConfigException.class)
                .hasMessage("no net configuration with name \"net\" in " + folder);
    }

    @Test
    void load_otherExtensionsAndNestedFolders_areNotLookedAt() throws Exception {
        file("a.txt", "{'name':'net','type':'x'}");
        file("a.conflist.bak", "{'name':'net','plugins':[{'type':'x'}]}");
        file("conflist", "{'name':'net','plugins':[{'type':'x'}]}");
        file("nested/a.conflist", "{'name':'net','plugins':[{'type':'x'}]}");
        Files.createDirectory(folder.resolve("folder.conflist"));

        assertThatThrownBy(() -> load("net"))
                .hasMessage("no net configurations found in " + folder);
    }

    @Test
    void load_brokenFileBefore_endsTheSearch() throws Exception {
        file("00.conflist", "{");
        file("10.conflist", "{'name':'net','plugins':[{'type':'x'}]}");

        assertThatThrownBy(() -> load("net"))
                .isNotInstanceOf(NoConfigException.class)
                .hasMessageStartingWith("error parsing configuration list: ");
    }

    @Test
    void load_singleWithoutType_endsTheSearch() throws Exception {
        file("00.conf", "{'name':'net'}");

        assertThatThrownBy(() -> load("net"))
                .hasMessage("error parsing configuration: missing 'type'");
    }

    @Test
    void loadList_fileMissing_isError5NamingIt() {
        Path missing = folder.resolve("x.conflist");

        CniException e =
                catchThrowableOfType(CniException.class, () -> ConfigFolder.loadList(missing));

        assertThat(e.code()).isEqualTo(5);
        assertThat(e.msg()).isEqualTo("error reading " + missing + ": no such file or directory");
    }

    @Test
    void loadList_pluginsInTheFolderOfTheNetwork_comeAfterItsOwn() throws Exception {
        file("a.conflist", "{'name':'net','plugins':[{'type':'own'}]}");
        file("net/20.conf", "{'type':'twenty'}");
        file("net/10.conf", "{'type':'ten'}");
        file("net/10.json", "{'type':'notread'}");
        file("net/10.conflist", "broken");

        assertThat(types(load("net"))).containsExactly("own", "ten", "twenty");
    }

    @Test
    void loadList_onlyInlined_ignoresTheFolder() throws Exception {
        file(
                "a.conflist",
                "{'name':'net','loadOnlyInlinedPlugins':true,'plugins':[{'type':'own'}]}");
        file("net/10.conf", "broken");

        assertThat(types(load("net"))).containsExactly("own");
    }

    @Test
    void loadList_noPluginsKey_takesThoseOfTheFolder() throws Exception {
        file("a.conflist", "{'name':'net'}");
        assertThatThrownBy(() -> load("net")).hasMessage("no plugin configs found");

        Files.createDirectory(folder.resolve("net"));
        assertThatThrownBy(() -> load("net")).hasMessage("no plugin configs found");

        file("net/10.conf", "{'type':'ten'}");
        assertThat(types(load("net"))).containsExactly("ten");
    }

    @Test
    void loadList_brokenPluginInTheFolder_isAnError() throws Exception {
        file("a.conflist", "{'name':'net','plugins':[{'type':'own'}]}");
        file("net/10.conf", "{'no':'type'}");

        assertThatThrownBy(() -> load("net"))
                .hasMessage("error parsing configuration: missing 'type'");
    }

    @Test
    void loadList_nameThatIsAPath_leadsToNoOtherFolder() throws Exception {
        file("outside/10.conf", "{'type':'evil'}");
        file("in/a.conflist", "{'name':'../outside','plugins':[{'type':'own'}]}");

        assertThat(types(ConfigFolder.loadList(folder.resolve("in/a.conflist"))))
                .containsExactly("own");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | no name",
                "{'NAME':'x'} | no name",
                "{'name':4} | invalid name type float64",
                "{'name':null} | invalid name type <nil>",
                "{'name':'n','cniVersion':4} | invalid cniVersion type float64",
                "{'name':'n','cniVersions':'1.0.0'} | invalid type for cniVersions: string",
                "{'name':'n','cniVersions':['1.0.0',{}]} | invalid type for cniVersions index 1:"
                        + " map[string]interface {}",
                "{'name':'n','plugins':{}} | invalid 'plugins' type map[string]interface {}",
                "{'name':'n','plugins':null} | invalid 'plugins' type <nil>",
                "{'name':'n','plugins':'x'} | invalid 'plugins' type string",
                "{'name':'n','plugins':true} | invalid 'plugins' type bool",
                "{'name':'n','plugins':[]} | no plugins in list",
                "{'name':'n','loadOnlyInlinedPlugins':true} | `loadOnlyInlinedPlugins` is true, and no"
                        + " 'plugins' key",
                "{'name':'n','disableCheck':5} | invalid type float64 for disableCheck",
                "{'name':'n','disableCheck':'No'} | invalid value \"no\" for disableCheck",
                "{'name':'n','disableGC':[]} | invalid type []interface {} for disableGC",
                "{'name':'n','disableGC':''} | invalid value \"\" for disableGC",
                "{'name':'n','loadOnlyInlinedPlugins':'x'} | invalid value \"x\" for loadOnlyInlinedPlugins"
            })
    void parse_malformedList_isError7WithTheReferencesText(String json, String text) {
        CniException e = catchThrowableOfType(CniException.class, () -> parse(json));

        assertThat(e).hasMessage("error parsing configuration list: " + text);
        assertThat(e.code()).isEqualTo(7);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'name':'n','cniVersions':['1.0.0','x']} | invalid cniVersions entry x at index 1: ",
                "{'name':'n','cniVersions':['1.2.3.4']} | invalid cniVersions entry 1.2.3.4 at index 0: ",
                "{'name':'n','cniVersion':'y','cniVersions':[]} | invalid cniVersion y: ",
                "[] | expected a JSON object",
                "{'name' | invalid JSON: "
            })
    void parse_undecodable_isError6(String json, String text) {
        CniException e = catchThrowableOfType(CniException.class, () -> parse(json));

        assertThat(e.msg()).startsWith("error parsing configuration list: " + text);
        assertThat(e.code()).isEqualTo(6);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'1.0.0' | | 1.0.0",
                "'9.9.9' | | 9.9.9",
                "'0.4.0' | ['1.0.0','0.3.1'] | 1.0.0",
                "'1.0.0' | ['0.4.0','0.3.1'] | 1.0.0",
                "| ['0.4.0','1.1.0','0.3.1'] | 1.1.0",
                "'0.4.0' | ['1.2.0','2.0.0'] | 0.4.0",
                "'1.2.0' | ['2.0.0','1.0.0'] | 1.0.0",
                "'1.2.0' | ['2.0.0'] | 1.2.0",
                "'0.3.0' | [] | 0.3.0",
                "'' | [] | ''",
                "'' | ['0.10.0','0.9.0'] | 0.10.0"
            })
    void parse_versions_highestKnownIsTaken(String single, String several, String chosen)
            throws Exception {
        String json =
                "{'name':'n'"
                        + (single == null ? "" : ",'cniVersion':'" + single.replace("'", "") + "'")
                        + (several == null ? "" : ",'cniVersions':" + several)
                        + "}";

        assertThat(parse(json).cniVersion()).isEqualTo(chosen.replace("'", ""));
    }

    @ParameterizedTest
    @CsvSource({
        "true,true",
        "false,false",
        "'\"true\"',true",
        "'\"TRUE\"',true",
        "'\"False\"',false"
    })
    void parse_flags_areBooleansOrTheirNames(String value, boolean set) throws Exception {
        NetworkConfigList list =
                parse(
                        "{'name':'n','plugins':[{'type':'x'}],'disableCheck':"
                                + value
                                + ",'disableGC':"
                                + value
                                + ",'loadOnlyInlinedPlugins':"
                                + value
                                + "}");

        assertThat(list.disableCheck()).isEqualTo(set);
        assertThat(list.disableGc()).isEqualTo(set);
        assertThat(list.loadOnlyInlinedPlugins()).isEqualTo(set);
    }

    @Test
    void parse_withoutPlugins_isAnEmptyListWithDefaults() throws Exception {
        NetworkConfigList list = parse("{'name':'n'}");

        assertThat(list.plugins()).isEmpty();
        assertThat(list.disableCheck()).isFalse();
        assertThat(list.source()).isEqualTo("{\"name\":\"n\"}");
    }

    @Test
    void parse_brokenPlugin_isNamedByItsIndex() {
        assertThatThrownBy(() -> parse("{'name':'n','plugins':[{'type':'x'},{}]}"))
                .hasMessage(
                        "failed to parse plugin config 1: error parsing configuration: missing"
                                + " 'type'");
        assertThatThrownBy(() -> parse("{'name':'n','plugins':[7]}"))
                .hasMessageStartingWith("failed to parse plugin config 0: ");
    }

    @Test
    void plugin_capabilities_areThoseThatAreTrue() throws Exception {
        assertThat(
                        plugin(
                                        "{'type':'x','capabilities':{'a':true,'b':false,'c':true,'d':null,'a':false}}")
                                .capabilities())
                .containsExactly("c");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type':4}",
                "{'type':'x','name':[]}",
                "{'type':'x','cniVersion':1}",
                "{'type':'x','ipam':'host-local'}",
                "{'type':'x','ipam':{'type':1}}",
                "{'type':'x','dns':{'search':'a'}}",
                "{'type':'x','capabilities':['a']}",
                "{'type':'x','capabilities':{'a':'yes'}}",
                "{'type':'x','prevResult':'x'}",
                "[]",
                ""
            })
    void plugin_wellKnownKeyOfWrongKind_isError6(String json) {
        CniException e = catchThrowableOfType(CniException.class, () -> plugin(json));

        assertThat(e.code()).isEqualTo(6);
        assertThat(e.msg()).startsWith("error parsing configuration: ");
    }

    @Test
    void inject_keys_areSetWhateverTheyWere() throws Exception {
        PluginConfig config = plugin("{'type':'x','Key':1,'sub':{'a':1}}");

        PluginConfig changed =
                config.inject(
                        Map.of(
                                "key", JsonNumber.of(2),
                                "sub", JsonParser.parse("{\"b\":2}"),
                                "new", new JsonString("n")));

        assertThat(changed.json().with("new", JsonNull.NULL))
                .hasToString("{\"type\":\"x\",\"key\":2,\"sub\":{\"b\":2},\"new\":null}");
        assertThat(config.json().find("key")).contains(JsonNumber.of(1));
    }

    @Test
    void inject_emptyKeyOrNull_isRefused() throws Exception {
        PluginConfig config = plugin("{'type':'x'}");

        assertThatThrownBy(() -> config.inject(Map.of("", JsonNumber.of(1))))
                .hasMessage("keys cannot be empty");
        assertThatThrownBy(() -> config.inject(Map.of("test", JsonNull.NULL)))
                .hasMessage("key 'test' value must not be nil");
    }

    @Test
    void description_nameOnlyIfThePluginHasOne() throws Exception {
        assertThat(plugin("{'type':'x'}").description()).isEqualTo("type=\"x\"");
        assertThat(plugin("{'type':'x','name':'n'}").description())
                .isEqualTo("type=\"x\" name=\"n\"");
    }
}
